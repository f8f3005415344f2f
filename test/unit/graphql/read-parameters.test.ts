// What is read of an address, and the memory that it takes.
import { createYoga } from 'graphql-yoga'
import { expect, it } from 'vitest'
import { schema } from '../../../src/graphql/schema.ts'
import { useForms } from '../../../src/graphql/steps/read-parameters.ts'
import { countHeldBytes } from '../../support/memory.ts'

it('the text of a document, which is remembered, does not keep its whole address in memory', async () => {
  const kept: string[] = []
  const yoga = createYoga({
    schema,
    logging: false,
    parserAndValidationCache: false,
    plugins: [useForms, { onParams: ({ params }) => void kept.push(params.query ?? '') }],
  })
  const ask = async (number: number): Promise<string> => {
    const variables = encodeURIComponent(JSON.stringify({ text: 'x'.repeat(14_000) }))
    const response = await yoga.fetch(
      `http://localhost/graphql?query={a${number}:__typename}&variables=${variables}`,
    )
    return response.text()
  }
  expect(await ask(0)).toContain('"a0":"Query"')
  for (let number = 1; number < 300; number += 1) await ask(number)
  countHeldBytes()
  const withTexts = countHeldBytes()
  expect(kept).toHaveLength(300)
  kept.length = 0
  expect((withTexts - countHeldBytes()) / 300).toBeLessThan(4_000)
})
