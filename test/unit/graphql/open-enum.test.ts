// Words of Aurora as values of an enum: one word in many spellings is one value.
import { expect, it } from 'vitest'
import { createOpenEnum } from '../../../src/graphql/open-enum.ts'

const weather = createOpenEnum('OpenEnumTestWeather', {
  description: 'What falls from the sky, for a test.',
  values: { RAIN_OR_SNOW: 'Wet.', HAIL: 'Hard.' },
  synonyms: { SLEET: 'RAIN_OR_SNOW' },
})

it.each([
  ['RAIN_OR_SNOW', 'RAIN_OR_SNOW'],
  ['rain or snow', 'RAIN_OR_SNOW'],
  [' Rain/or-Snow ', 'RAIN_OR_SNOW'],
  ['rainOrSnow', 'RAIN_OR_SNOW'],
  ['Rain (or Snow)', 'RAIN_OR_SNOW'],
  ['sleet', 'RAIN_OR_SNOW'],
  ['Hail', 'HAIL'],
  ['hails', 'UNRECOGNIZED'],
  ['', 'UNRECOGNIZED'],
  ['()', 'UNRECOGNIZED'],
  ['Håil', 'UNRECOGNIZED'],
  ['constructor', 'UNRECOGNIZED'],
  ['UNRECOGNIZED', 'UNRECOGNIZED'],
])('the word %j is %s', (word, value) => {
  expect(weather.read(word)).toBe(value)
})
