// The ids that a path of the contract can hold, by their names there.

export const NO_IDS = {
  tenant_id: '',
  user_id: '',
  project_id: '',
  design_id: '',
  financing_id: '',
  asset_id: '',
  agreement_id: '',
  site_survey_id: '',
  utility_bill_id: '',
  ahj_id: '',
  order_id: '',
  module_id: '',
  inverter_id: '',
  dc_optimizer_id: '',
  proposal_template_id: '',
  design_request_id: '',
  eagleview_design_request_id: '',
  plan_set_request_id: '',
  webhook_id: '',
  adder_id: '',
  milestone_id: '',
}

export type Ids = Readonly<typeof NO_IDS>
