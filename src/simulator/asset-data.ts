// The files of projects and designs: photographs that users uploaded, and pictures and drawings that Aurora made.

import type { CoreData } from './core-data.ts'
import { createOwned } from './lazy.ts'

export interface Asset {
  readonly id: string
  readonly asset_type: string
  /** Null for what belongs to the project as a whole. */
  readonly design_id: string | null
  readonly filename: string
  readonly url: string
}

export interface Assets {
  projectAssetsOf(projectId: string): readonly Asset[]
  designAssetsOf(designId: string): readonly Asset[]
  asset(assetId: string): Asset | undefined
}

/** How likely a design has one; those without a module have nothing but the pictures that are saved by themselves. */
const DESIGN_ASSETS = [
  { type: 'CAD Auto Screenshot', extension: 'png', share: 1, needsModules: false },
  { type: 'CAD Auto Screenshot', extension: 'png', share: 0.5, needsModules: false },
  { type: 'CAD Screenshot', extension: 'png', share: 0.4, needsModules: true },
  { type: 'Design Layout', extension: 'png', share: 0.4, needsModules: true },
  { type: 'Design DXF', extension: 'dxf', share: 0.25, needsModules: true },
  { type: 'Racking Bill of Materials', extension: 'pdf', share: 0.15, needsModules: true },
] as const

/** Names that Aurora's own pages do not list: the real names of uploads are not public. */
const UPLOADS = [
  { type: 'Main Panel Photo', extension: 'jpg' },
  { type: 'Utility Meter Photo', extension: 'jpg' },
  { type: 'Attic Photo', extension: 'jpg' },
  { type: 'HOA Approval', extension: 'pdf' },
] as const

export function createAssets({ seed, projectIds, designIds, ...core }: CoreData): Assets {
  const ofDesigns = createOwned({
    seed,
    kind: 'design assets',
    ownerIds: designIds,
    most: DESIGN_ASSETS.length,
    make: (designId, ids, random) => {
      const hasModules = (core.design(designId)?.summary.arrays.length ?? 0) > 0
      return DESIGN_ASSETS.flatMap(({ type, extension, share, needsModules }, index) =>
        random.chance(share) && (hasModules || !needsModules)
          ? toAsset(ids[index], { type, extension, designId })
          : [],
      )
    },
  })
  const ofProjects = createOwned({
    seed,
    kind: 'project assets',
    ownerIds: projectIds,
    most: UPLOADS.length,
    make: (projectId, ids, random) => {
      // The plans of a house need a picture of its panel.
      const least = ['sold', 'installed'].includes(core.projectRecord(projectId)?.stage ?? '') ? 1 : 0
      return UPLOADS.slice(0, random.int(least, UPLOADS.length)).flatMap((upload, index) =>
        toAsset(ids[index], { ...upload, designId: null }),
      )
    },
  })
  return {
    projectAssetsOf: ofProjects.of,
    designAssetsOf: ofDesigns.of,
    asset: (assetId) => ofDesigns.find(assetId) ?? ofProjects.find(assetId),
  }
}

interface Kind {
  readonly type: string
  readonly extension: string
  readonly designId: string | null
}

function toAsset(id: string | undefined, { type, extension, designId }: Kind): Asset[] {
  if (id === undefined) return []
  const filename = `${type.toLowerCase().replaceAll(' ', '-')}-${id.slice(0, 8)}.${extension}`
  const url = `https://files.example.com/assets/${id}/${filename}`
  return [{ id, asset_type: type, design_id: designId, filename, url }]
}
