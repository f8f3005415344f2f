// What a parser makes of a text, in a form that two parsers can be compared by: its value, or the kind of its error.

export async function parseOutcome(parse: () => unknown): Promise<unknown> {
  try {
    const value: unknown = await parse()
    // Both forms, because an object with a member `__proto__` is equal to one with another prototype.
    return { value, text: JSON.stringify(value) }
  } catch (error) {
    return (error as Error).name
  }
}
