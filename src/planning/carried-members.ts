// Which members Aurora's answers carry, by the contract: what an imagined one has before a real one was seen.
import type { Endpoint, Kind } from '../rest/endpoint.ts'

type Operation = Endpoint['operation']

/** Of an object's own read, of writes that are answered with it, and of every list that is not named below. */
// One kind a line, however long: this is read as a table.
// prettier-ignore
const CARRIED: Readonly<Record<Kind, string>> = {
  apiVersions: '',
  tenant: 'id name',
  ssoProvider: 'auth_uri token_uri openid_key openid_secret openid_discovery_doc_url',
  user: 'id tenant_id first_name last_name email account_status phone title job_function external_provider_id role_id team_ids partner_ids partner_id locale base_price_per_watt_min base_price_per_watt_max',
  webhook: 'id event url_template description enabled header_auth_key header_auth_value filters',
  module: 'id name manufacturer manufacturer_name rating_stc length width height weight',
  inverter: 'id name manufacturer manufacturer_name rated_power',
  dcOptimizer: 'id name manufacturer manufacturer_name',
  proposalTemplate: 'id name',
  project: 'id external_provider_id name status project_type tags customer_salutation customer_first_name customer_last_name customer_email customer_phone mailing_address location owner_id team_id partner_id preferred_solar_modules ahj_id order_id created_from_lead_id created_at',
  consumptionProfile: 'id project_id location utility utility_id utility_rate utility_rate_id utility_rate_version utility_rate_version_id input_mode input_values monthly_bill monthly_energy hourly_energy efficiency_packages',
  projectBillSummary: 'project_id design_id',
  utilityBill: 'id project_id filename download_url created_at',
  ahj: 'id name',
  order: 'id status',
  agreement: 'id project_id design_id agreement_template_name status signing_provider created_at updated_at sent_at last_viewed_at error_message',
  agreementDownloadLink: 'download_link',
  siteSurvey: 'id project_id status',
  siteSurveyRequest: '',
  design: 'id project_id external_provider_id name created_at milestone',
  designSummary: 'design_id project_id external_provider_id created_at system_size_stc system_size_ptc system_size_ac bill_of_materials arrays string_inverters storage_inverters batteries storage_selected_operating_mode energy_production',
  designBillSummary: 'project_id design_id',
  roofSummary: 'roofs',
  asset: 'id asset_type design_id filename url',
  pricing: 'pricing_method price_per_watt system_price system_price_breakdown storage_system_price_breakdown adders incentives pricing_by_component system_cost system_cost_breakdown storage_system_cost_breakdown pricing_mode',
  financing: 'id name project_id design_id selected_in_sales_mode financing_option system_price up_to_date loan_principal down_payment monthly_payment_first_month avg_monthly_savings loans epc_price_per_watt escalation monthly_payment solar_rate upfront_payment payback_period lifetime_savings incentive_values year1_avoided_cost annual_cashflows financier',
  proposal: 'id created_at updated_at proposal_template_id proposal_link',
  webProposal: 'url url_expired',
  designRequest: 'id project_id design_id status latitude longitude sla created_at rejection_reason',
  eagleviewDesignRequest: 'id project_id design_id status',
  planSetRequest: 'id project_id design_id status design_url intake_form_url project_url rejection_reasons project_information electrical_information',
  planSet: 'plan_set_request_id url design_url',
  performanceSimulationJob: 'job_id design_id requested_at completed_at status source error',
  irradianceAnalysisJob: 'job_id design_id requested_at completed_at status source error',
  autoDesignerJob: 'job_id design_id requested_at completed_at status source error',
  firePathwayPlacementJob: 'job_id design_id requested_at completed_at status source error',
  aiRoofJob: 'job_id design_id requested_at completed_at status source error',
  proposalPdfGenerationJob: 'job_id design_id requested_at completed_at status source error url',
  agreementDownloadUrlJob: 'job_id design_id requested_at completed_at status error project_id file_url',
  utilityBillUploadJob: 'job_id requested_at completed_at status source error utility_bill_id project_id',
  projectCreationJob: 'job_id requested_at completed_at status source error project_id order_id',
  adder: 'id adder_name adder_value is_discount adder_type',
  sharedMilestone: '',
  rackingComponents: 'racking_components',
  role: 'id name scope',
  team: 'id name',
  partner: 'id name',
  sharedProject: 'id',
  rackingArray: '',
}

/** Lists that show something else than the objects' own reads. */
const CARRIED_IN_LISTS: Readonly<Partial<Record<Operation, string>>> = {
  listUsers: 'id email first_name last_name account_status',
  listDesigns:
    'id project_id external_provider_id name created_at system_size_stc system_size_ptc system_size_ac milestone',
  listFinancings: 'id name selected_in_sales_mode',
}

const split = (text: string): readonly string[] => text.split(' ').filter(Boolean)

const BY_KIND = new Map(Object.entries(CARRIED).map(([kind, text]) => [kind, split(text)]))
const BY_LIST = new Map(Object.entries(CARRIED_IN_LISTS).map(([operation, text]) => [operation, split(text)]))

export const carriedMembers = ({ operation, kind }: Endpoint): readonly string[] =>
  BY_LIST.get(operation) ?? BY_KIND.get(kind) ?? []

/** Names another object of Aurora's, or several. `external_provider_id` is the integrator's own. */
export const isLink = (member: string): boolean => /_ids?$/.test(member) && !member.startsWith('external_')

/** The contract lets these be null: no project, or not yet. */
const MAY_LACK_PROJECT: ReadonlySet<Kind> = new Set<Kind>([
  'projectBillSummary',
  'designBillSummary',
  'projectCreationJob',
])

/** Whether it is there in every answer; of all links only that to the project is. */
export const isCertainLink = (kind: Kind, member: string): boolean =>
  member === 'project_id' && !MAY_LACK_PROJECT.has(kind)
