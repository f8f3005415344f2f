// The files of projects and designs: photographs that users uploaded, and pictures and drawings that Aurora made.

import type { CoreData } from './core-data.ts'
import { createOwned } from './lazy.ts'
import { BOUGHT } from './project-data.ts'
import { itemAt } from './random.ts'

export type Asset = ReturnType<typeof createAsset>

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

export function createAssets({ seed, projectIds, designIds, ...core }: CoreData) {
  const perDesign = { seed, kind: 'design assets', ownerIds: designIds, most: DESIGN_ASSETS.length }
  const ofDesigns = createOwned(perDesign, (designId, ids, random) => {
    const hasModules = (core.design(designId)?.summary.arrays.length ?? 0) > 0
    return DESIGN_ASSETS.flatMap(({ share, needsModules, ...kind }, index) =>
      random.chance(share) && (hasModules || !needsModules)
        ? createAsset(itemAt(ids, index), kind, designId)
        : [],
    )
  })
  const perProject = { seed, kind: 'project assets', ownerIds: projectIds, most: UPLOADS.length }
  const ofProjects = createOwned(perProject, (projectId, ids, random) => {
    // The plans of a house need a picture of its panel.
    const least = BOUGHT.has(core.projectRecord(projectId)?.stage ?? '') ? 1 : 0
    const uploads = UPLOADS.slice(0, random.int(least, UPLOADS.length))
    return uploads.map((kind, index) => createAsset(itemAt(ids, index), kind, null))
  })
  return {
    projectAssetsOf: ofProjects.of,
    designAssetsOf: ofDesigns.of,
    asset: (assetId: string) => ofDesigns.find(assetId) ?? ofProjects.find(assetId),
  }
}

/** The design is null for what belongs to the project as a whole. */
export function createAsset(
  id: string,
  { type, extension }: { readonly type: string; readonly extension: string },
  designId: string | null,
) {
  const filename = `${type.toLowerCase().replaceAll(' ', '-')}-${id.slice(0, 8)}.${extension}`
  const url = `https://files.example.com/assets/${id}/${filename}`
  return { id, asset_type: type, design_id: designId, filename, url }
}
