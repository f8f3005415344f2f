// The settings of GraphQL Code Generator for typed documents over the gateway's schema.

export interface CodegenOptions {
  /** Where the app's documents are. */
  readonly documents?: string | readonly string[]
  /** The folder of what is generated. */
  readonly output?: string
  readonly schema?: string
}

/** The default export of an app's codegen.ts: `export default createCodegenConfig()`. */
export const createCodegenConfig = ({
  documents = 'src/**/*.{ts,tsx}',
  output = 'src/generated/',
  schema = 'node_modules/aurora-graphql-client/schema.graphql',
}: CodegenOptions = {}) => ({
  schema,
  documents: [documents].flat(),
  generates: { [output]: TYPING },
})

const TYPING = {
  preset: 'client',
  presetConfig: { persistedDocuments: true },
  config: {
    strictScalars: true,
    scalars: { DateTime: 'string', JSON: 'unknown', File: 'File' },
    // A union of texts: an enum of TypeScript is code, which some settings refuse.
    enumType: 'string-literal',
    useTypeImports: true,
  },
} as const
