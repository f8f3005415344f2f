// The ids that a path of the contract can hold, by their names there.

// prettier-ignore
const NAMES = [
  'tenant_id', 'user_id', 'webhook_id', 'module_id', 'inverter_id', 'dc_optimizer_id', 'proposal_template_id',
  'project_id', 'asset_id', 'agreement_id', 'site_survey_id', 'utility_bill_id', 'ahj_id', 'order_id',
  'design_id', 'financing_id', 'adder_id', 'milestone_id',
  'design_request_id', 'eagleview_design_request_id', 'plan_set_request_id',
] as const

export type Ids = Readonly<Record<(typeof NAMES)[number], string>>

export const NO_IDS = Object.fromEntries(NAMES.map((name) => [name, ''])) as Ids
