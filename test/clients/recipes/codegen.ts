// What GraphQL Code Generator needs to know: the default export of an app's codegen.ts.

export const config = {
  schema: 'aurora-gateway/schema/schema.graphql',
  documents: 'src/**/*.{ts,tsx}',
  generates: {
    'src/generated/': {
      preset: 'client',
      presetConfig: { persistedDocuments: true },
      config: {
        strictScalars: true,
        scalars: { DateTime: 'string', JSON: 'unknown', File: 'File' },
        // A union of texts: an enum of TypeScript is code, which some settings refuse.
        enumType: 'string-literal',
        useTypeImports: true,
      },
    },
  },
} as const
