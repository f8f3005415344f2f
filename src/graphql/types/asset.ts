// Asset: a file of a design or project.
import { addQueries } from '../fields.ts'
import { choice, identifier, text } from '../member.ts'
import { implementNode, lookUp, ownId } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { relation } from '../relation.ts'

const AssetType = createOpenEnum('AssetType', {
  description: 'What a file holds. Aurora may add values at any time.',
  values: {
    DESIGN_DXF: 'The design as a DXF drawing, for other CAD programs.',
    DESIGN_LAYOUT: 'The layout of the design, in a form that Aurora does not document.',
    LAYOUT_IMAGE: 'A picture of the layout; known from a client that looks for it.',
    CAD_SCREENSHOT: 'A picture of the design that a person took.',
    CAD_AUTO_SCREENSHOT: 'A picture of the design that Aurora took when it was saved, analysed or simulated.',
    SITE_SURVEY_REQUEST_SCREENSHOT: 'A picture for the people who survey the site.',
    RACKING_SPEC_SHEET: 'Data sheet of the mounting.',
    RACKING_INSTALL_MANUAL: 'How the mounting is put up.',
    RACKING_CERTIFICATION: 'Proof that the mounting meets a standard.',
    RACKING_CAD_FILE: 'Drawing of the mounting.',
    RACKING_ENGINEERING_REPORT: 'Structural figures of the mounting.',
    RACKING_BILL_OF_MATERIALS: 'Parts of the mounting.',
  },
})

implementNode('asset', {
  description:
    'A file of a design or of a project. Its address is kept for minutes only, as Aurora does not say how long it is good.',
  fields: {
    auroraId: ownId(),
    assetType: choice(AssetType, 'What it holds.'),
    assetTypeRaw: text("`assetType` in Aurora's own words.", 'asset_type'),
    designId: identifier("Aurora's id of the design; null for a file of the project alone."),
    design: relation('design', 'The design it belongs to; null for a file of the project alone.'),
    filename: text('Name of the file, with its ending.'),
    url: text(
      'Where to download it: soon, following redirects, as how long it is good is not documented, and up to 10 minutes may ' +
        'have passed here. Probably null while it is still uploaded.',
    ),
  },
})

addQueries({
  asset: lookUp(
    'asset',
    'A file by id, such as the webhook ASSET_CREATED names it. Costs 1 call; nothing if a list has shown all selected fields.',
  ),
})
