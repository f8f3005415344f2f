// The places of the simulator's projects: solar cities of the US, with their solar yield and their electricity rate.

export interface Place {
  readonly city: string
  readonly region: string
  readonly postalCode: string
  readonly latitude: number
  readonly longitude: number
  readonly areaCode: string
  /** kWh a year from one unshaded kW that faces south. */
  readonly yieldPerKw: number
  /** Invented name. */
  readonly utility: string
  /** USD a kWh. */
  readonly rate: number
}

export const PLACES: readonly Place[] = [
  place('Phoenix', 'AZ', '85016', 33.5062, -112.0297, '602', 1720, 'Saguaro Public Power', 0.146),
  place('Tucson', 'AZ', '85719', 32.2485, -110.9478, '520', 1735, 'Old Pueblo Electric', 0.149),
  place('San Diego', 'CA', '92117', 32.8242, -117.2006, '619', 1630, 'Harbor Light Gas & Electric', 0.382),
  place('Sacramento', 'CA', '95819', 38.5683, -121.4366, '916', 1560, 'Capitol Municipal Utility', 0.187),
  place('Fresno', 'CA', '93711', 36.8303, -119.8317, '559', 1610, 'Central Valley Power', 0.331),
  place('Bakersfield', 'CA', '93309', 35.3371, -119.0631, '661', 1640, 'Central Valley Power', 0.331),
  place('Long Beach', 'CA', '90808', 33.8241, -118.1103, '562', 1600, 'South Coast Edison', 0.314),
  place('Las Vegas', 'NV', '89117', 36.1418, -115.2805, '702', 1745, 'Mojave Energy', 0.138),
  place('Albuquerque', 'NM', '87111', 35.1347, -106.5231, '505', 1730, 'Rio Alto Electric', 0.141),
  place('Denver', 'CO', '80221', 39.8405, -105.0073, '303', 1540, 'Front Range Power', 0.152),
  place('Salt Lake City', 'UT', '84106', 40.7056, -111.8548, '801', 1490, 'Wasatch Light', 0.118),
  place('Boise', 'ID', '83704', 43.6331, -116.2946, '208', 1450, 'Sawtooth Power', 0.109),
  place('Austin', 'TX', '78745', 30.2069, -97.7972, '512', 1480, 'Pecan Street Energy', 0.129),
  place('San Antonio', 'TX', '78249', 29.5687, -98.6121, '210', 1490, 'Mission Public Service', 0.124),
  place('Orlando', 'FL', '32822', 28.4938, -81.2903, '407', 1450, 'Citrus Utilities', 0.143),
  place('Tampa', 'FL', '33647', 28.1191, -82.3672, '813', 1465, 'Bayshore Electric', 0.151),
  place('Raleigh', 'NC', '27610', 35.7409, -78.5646, '919', 1380, 'Piedmont Power', 0.127),
  place('Atlanta', 'GA', '30316', 33.7217, -84.3339, '404', 1390, 'Peachtree Power', 0.135),
  place('Edison', 'NJ', '08820', 40.5804, -74.3646, '732', 1240, 'Raritan Valley Electric', 0.181),
  place('Worcester', 'MA', '01604', 42.2546, -71.7744, '508', 1210, 'Blackstone Electric', 0.296),
]

export const STREETS: readonly string[] = (
  'Maple Ave, Cedar Ridge Dr, W Juniper St, Sunset Blvd, E Palo Verde Ln, Oak Hollow Rd, Cottonwood Ct, ' +
  'N Mesa Dr, Willow Creek Way, S Magnolia St, Hillcrest Ave, Quail Run, Prospect St, Foxglove Ln, ' +
  'Old Mill Rd, Canyon View Dr'
).split(', ')

type TextColumns = [city: string, region: string, postalCode: string]
type Coordinates = [latitude: number, longitude: number]

function place(...args: readonly [...TextColumns, ...Coordinates, string, number, string, number]): Place {
  const [city, region, postalCode, latitude, longitude, areaCode, yieldPerKw, utility, rate] = args
  return { city, region, postalCode, latitude, longitude, areaCode, yieldPerKw, utility, rate }
}
