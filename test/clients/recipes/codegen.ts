// The default export of an app's codegen.ts, for GraphQL Code Generator.
import { createCodegenConfig } from 'aurora-graphql-client/codegen'

export const config = createCodegenConfig({ documents: 'src/**/*.{ts,tsx}', output: 'src/generated/' })
