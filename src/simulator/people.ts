// The names that the simulator's customers and users are given.

export const FIRST_NAMES: readonly string[] = (
  'Maria James Linda Robert Patricia Michael Elena David Susan Carlos Angela Kevin Denise Brian Priya Thomas ' +
  'Yolanda Steven Mei Daniel Karen Anthony Rosa Mark Tanya Paul Nadia George Heather Luis Monica Eric Fatima ' +
  'Jason Olivia Andre Grace Hector Julia Samuel'
).split(' ')

export const LAST_NAMES: readonly string[] = (
  'Garcia Johnson Nguyen Williams Martinez Brown Patel Davis Rodriguez Miller Kim Wilson Hernandez Anderson ' +
  'Chen Taylor Lopez Moore Okafor Jackson Gonzalez White Reyes Harris Sanchez Clark Ramirez Lewis Schmidt ' +
  'Walker Young Torres King Rivera Wright Delgado Baker Hussein Campbell Larsen'
).split(' ')

export const BUSINESSES: readonly string[] = (
  'Desert Bloom Nursery, Ironwood Brewing, Harbor Cold Storage, Valley Dental Group, Summit Self Storage, ' +
  'Redwood Charter School, Bluebird Bakery, Lakeside Auto Body, Grace Community Church, Prairie Feed & Supply'
).split(', ')

/** 555-0100 to 555-0199 are kept free for fiction in every area code. */
export function toPhone(areaCode: string, line: number): string {
  return `(${areaCode}) 555-0${100 + (line % 100)}`
}
