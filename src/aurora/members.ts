// What answers of Aurora carry. Printed from schema/aurora.openapi.yaml by `npm run contract`, never changed by hand.

/** The operationIds of the contract. */
export type OperationId =
  | 'listPartnerModules'
  | 'createPartnerTemporaryKey'
  | 'listPartnerWebhooks'
  | 'createPartnerWebhook'
  | 'retrievePartnerWebhook'
  | 'updatePartnerWebhook'
  | 'deletePartnerWebhook'
  | 'retrieveTenant'
  | 'deleteAdder'
  | 'retrieveAgreement'
  | 'retrieveAgreementDownloadLink'
  | 'runAgreementDownloadUrl'
  | 'retrieveAgreementDownloadUrlStatus'
  | 'retrieveAhj'
  | 'retrieveAsset'
  | 'listDcOptimizers'
  | 'retrieveDcOptimizer'
  | 'listInverters'
  | 'retrieveInverter'
  | 'listModules'
  | 'retrieveModule'
  | 'listDesignRequests'
  | 'createDesignRequest'
  | 'createEagleviewDesignRequest'
  | 'retrieveEagleviewDesignRequest'
  | 'acceptEagleviewDesignRequest'
  | 'retrieveDesignRequest'
  | 'acceptDesignRequest'
  | 'createDesign'
  | 'retrieveDesign'
  | 'runAiRoof'
  | 'retrieveAiRoofStatus'
  | 'listDesignAssets'
  | 'runAutoDesigner'
  | 'retrieveAutoDesignerStatus'
  | 'updateRackingBillOfMaterials'
  | 'retrieveDesignBillSummary'
  | 'duplicateDesign'
  | 'listFinancings'
  | 'retrieveFinancing'
  | 'pushFinancingToFinancier'
  | 'runFirePathwayPlacement'
  | 'retrieveFirePathwayPlacementStatus'
  | 'runIrradianceAnalysis'
  | 'retrieveIrradianceAnalysisStatus'
  | 'runPerformanceSimulation'
  | 'retrievePerformanceSimulationStatus'
  | 'retrieveDesignPricing'
  | 'updateDesignPricing'
  | 'createAdder'
  | 'runProposalPdfGeneration'
  | 'retrieveProposalPdfGenerationStatus'
  | 'retrieveProposal'
  | 'createProposal'
  | 'deleteDefaultProposal'
  | 'listRackingArrays'
  | 'retrieveRoofSummary'
  | 'retrieveDesignSummary'
  | 'retrieveWebProposal'
  | 'generateWebProposalUrl'
  | 'shareMilestone'
  | 'retrieveOrder'
  | 'updateOrder'
  | 'declineOrder'
  | 'createProjectFromOrder'
  | 'retrieveCreateProjectStatus'
  | 'listPartners'
  | 'createPlanSetRequest'
  | 'retrievePlanSetRequest'
  | 'retrievePlanSet'
  | 'listProjects'
  | 'createProject'
  | 'retrieveProject'
  | 'updateProject'
  | 'deleteProject'
  | 'listAgreements'
  | 'listProjectAssets'
  | 'retrieveProjectBillSummary'
  | 'retrieveConsumptionProfile'
  | 'updateConsumptionProfile'
  | 'listDesigns'
  | 'listSiteSurveys'
  | 'runUtilityBillUpload'
  | 'retrieveUtilityBillUploadStatus'
  | 'listUtilityBills'
  | 'retrieveUtilityBill'
  | 'listProposalTemplates'
  | 'retrieveProposalTemplate'
  | 'listRoles'
  | 'listSharedProjects'
  | 'createSiteSurvey'
  | 'getSiteSurvey'
  | 'updateSiteSurvey'
  | 'updateSiteSurveyElectricalData'
  | 'updateSiteSurveyElectricalSubpanels'
  | 'getSiteSurveyRequest'
  | 'updateSiteSurveyMountingPlanes'
  | 'updateSiteSurveyStatus'
  | 'retrieveSsoProvider'
  | 'createSsoProvider'
  | 'listTeams'
  | 'listUsers'
  | 'createUser'
  | 'inviteUser'
  | 'retrieveUser'
  | 'updateUser'
  | 'listWebhooks'
  | 'createWebhook'
  | 'retrieveWebhook'
  | 'updateWebhook'
  | 'deleteWebhook'
  | 'retrieveVersions'

/** The path templates of the contract. */
export type Route =
  | '/partner_applications/{application_id}/components/modules'
  | '/partner_applications/{application_id}/tenants/{tenant_id}/create_temporary_key'
  | '/partner_applications/{application_id}/webhooks'
  | '/partner_applications/{application_id}/webhooks/{webhook_id}'
  | '/tenants/{tenant_id}'
  | '/tenants/{tenant_id}/adders/{adder_id}'
  | '/tenants/{tenant_id}/agreements/{agreement_id}'
  | '/tenants/{tenant_id}/agreements/{agreement_id}/download_link'
  | '/tenants/{tenant_id}/agreements/{agreement_id}/download_url/run'
  | '/tenants/{tenant_id}/agreements/{agreement_id}/download_url/status'
  | '/tenants/{tenant_id}/ahjs/{ahj_id}'
  | '/tenants/{tenant_id}/assets/{asset_id}'
  | '/tenants/{tenant_id}/components/dc_optimizers'
  | '/tenants/{tenant_id}/components/dc_optimizers/{dc_optimizer_id}'
  | '/tenants/{tenant_id}/components/inverters'
  | '/tenants/{tenant_id}/components/inverters/{inverter_id}'
  | '/tenants/{tenant_id}/components/modules'
  | '/tenants/{tenant_id}/components/modules/{module_id}'
  | '/tenants/{tenant_id}/design_requests'
  | '/tenants/{tenant_id}/design_requests/eagleview'
  | '/tenants/{tenant_id}/design_requests/eagleview/{eagleview_design_request_id}'
  | '/tenants/{tenant_id}/design_requests/eagleview/{eagleview_design_request_id}/accept'
  | '/tenants/{tenant_id}/design_requests/{design_request_id}'
  | '/tenants/{tenant_id}/design_requests/{design_request_id}/accept'
  | '/tenants/{tenant_id}/designs'
  | '/tenants/{tenant_id}/designs/{design_id}'
  | '/tenants/{tenant_id}/designs/{design_id}/ai_roof/run'
  | '/tenants/{tenant_id}/designs/{design_id}/ai_roof/status'
  | '/tenants/{tenant_id}/designs/{design_id}/assets'
  | '/tenants/{tenant_id}/designs/{design_id}/auto_designer/run'
  | '/tenants/{tenant_id}/designs/{design_id}/auto_designer/status'
  | '/tenants/{tenant_id}/designs/{design_id}/bill_of_materials/racking_components'
  | '/tenants/{tenant_id}/designs/{design_id}/bill_summary'
  | '/tenants/{tenant_id}/designs/{design_id}/duplicate'
  | '/tenants/{tenant_id}/designs/{design_id}/financings'
  | '/tenants/{tenant_id}/designs/{design_id}/financings/{financing_id}'
  | '/tenants/{tenant_id}/designs/{design_id}/financings/{financing_id}/push_to_financier'
  | '/tenants/{tenant_id}/designs/{design_id}/fire_pathway_placement/run'
  | '/tenants/{tenant_id}/designs/{design_id}/fire_pathway_placement/status'
  | '/tenants/{tenant_id}/designs/{design_id}/irradiance_analysis/run'
  | '/tenants/{tenant_id}/designs/{design_id}/irradiance_analysis/status'
  | '/tenants/{tenant_id}/designs/{design_id}/performance_simulation/run'
  | '/tenants/{tenant_id}/designs/{design_id}/performance_simulation/status'
  | '/tenants/{tenant_id}/designs/{design_id}/pricing'
  | '/tenants/{tenant_id}/designs/{design_id}/pricing/adders'
  | '/tenants/{tenant_id}/designs/{design_id}/proposal_pdf_generation/run'
  | '/tenants/{tenant_id}/designs/{design_id}/proposal_pdf_generation/status'
  | '/tenants/{tenant_id}/designs/{design_id}/proposals/default'
  | '/tenants/{tenant_id}/designs/{design_id}/racking_arrays'
  | '/tenants/{tenant_id}/designs/{design_id}/roof_summary'
  | '/tenants/{tenant_id}/designs/{design_id}/summary'
  | '/tenants/{tenant_id}/designs/{design_id}/web_proposal'
  | '/tenants/{tenant_id}/designs/{design_id}/web_proposal/generate_url'
  | '/tenants/{tenant_id}/milestones/{milestone_id}/share'
  | '/tenants/{tenant_id}/orders/{order_id}'
  | '/tenants/{tenant_id}/orders/{order_id}/decline'
  | '/tenants/{tenant_id}/orders/{order_id}/project_creation/run'
  | '/tenants/{tenant_id}/orders/{order_id}/project_creation/status'
  | '/tenants/{tenant_id}/partners'
  | '/tenants/{tenant_id}/plan_set_requests'
  | '/tenants/{tenant_id}/plan_set_requests/{plan_set_request_id}'
  | '/tenants/{tenant_id}/plan_set_requests/{plan_set_request_id}/plan_set'
  | '/tenants/{tenant_id}/projects'
  | '/tenants/{tenant_id}/projects/{project_id}'
  | '/tenants/{tenant_id}/projects/{project_id}/agreements'
  | '/tenants/{tenant_id}/projects/{project_id}/assets'
  | '/tenants/{tenant_id}/projects/{project_id}/bill_summary'
  | '/tenants/{tenant_id}/projects/{project_id}/consumption_profile'
  | '/tenants/{tenant_id}/projects/{project_id}/designs'
  | '/tenants/{tenant_id}/projects/{project_id}/site_surveys'
  | '/tenants/{tenant_id}/projects/{project_id}/utility_bill_upload/run'
  | '/tenants/{tenant_id}/projects/{project_id}/utility_bill_upload/status'
  | '/tenants/{tenant_id}/projects/{project_id}/utility_bills'
  | '/tenants/{tenant_id}/projects/{project_id}/utility_bills/{utility_bill_id}'
  | '/tenants/{tenant_id}/proposal_templates'
  | '/tenants/{tenant_id}/proposal_templates/{proposal_template_id}'
  | '/tenants/{tenant_id}/roles'
  | '/tenants/{tenant_id}/shared_projects'
  | '/tenants/{tenant_id}/site_surveys'
  | '/tenants/{tenant_id}/site_surveys/{site_survey_id}'
  | '/tenants/{tenant_id}/site_surveys/{site_survey_id}/electrical'
  | '/tenants/{tenant_id}/site_surveys/{site_survey_id}/electrical/subpanels'
  | '/tenants/{tenant_id}/site_surveys/{site_survey_id}/request'
  | '/tenants/{tenant_id}/site_surveys/{site_survey_id}/roofs/mounting_planes'
  | '/tenants/{tenant_id}/site_surveys/{site_survey_id}/status'
  | '/tenants/{tenant_id}/sso_provider'
  | '/tenants/{tenant_id}/teams'
  | '/tenants/{tenant_id}/users'
  | '/tenants/{tenant_id}/users/invite'
  | '/tenants/{tenant_id}/users/{user_id}'
  | '/tenants/{tenant_id}/webhooks'
  | '/tenants/{tenant_id}/webhooks/{webhook_id}'
  | '/versions'

// One operation a line, however long.
// prettier-ignore
const CARRIED: Readonly<Partial<Record<OperationId, string>>> = {
  retrieveTenant: 'id name user_ids',
  retrieveSsoProvider: 'auth_uri token_uri openid_key openid_secret openid_discovery_doc_url',
  listRoles: 'id name scope',
  listUsers: 'id email first_name last_name account_status',
  retrieveUser: 'id tenant_id first_name last_name email account_status phone title job_function external_provider_id role_id team_ids partner_ids partner_id locale base_price_per_watt_min base_price_per_watt_max',
  listTeams: 'id name',
  listPartners: 'id name',
  listWebhooks: 'id event url_template description enabled header_auth_key header_auth_value filters',
  retrieveWebhook: 'id event url_template description enabled header_auth_key header_auth_value filters',
  listModules: 'id name manufacturer manufacturer_name rating_stc length width height weight',
  retrieveModule: 'id name manufacturer manufacturer_name rating_stc length width height weight',
  listInverters: 'id name manufacturer manufacturer_name rated_power',
  retrieveInverter: 'id name manufacturer manufacturer_name rated_power',
  listDcOptimizers: 'id name manufacturer manufacturer_name',
  retrieveDcOptimizer: 'id name manufacturer manufacturer_name',
  listProposalTemplates: 'id name',
  retrieveProposalTemplate: 'id name',
  listProjects: 'id external_provider_id name status project_type tags customer_salutation customer_first_name customer_last_name customer_email customer_phone mailing_address location owner_id team_id partner_id preferred_solar_modules ahj_id order_id created_from_lead_id created_at updated_at',
  listSharedProjects: 'id',
  retrieveProject: 'id external_provider_id name status project_type tags customer_salutation customer_first_name customer_last_name customer_email customer_phone mailing_address location owner_id team_id partner_id preferred_solar_modules ahj_id order_id created_from_lead_id created_at updated_at',
  retrieveConsumptionProfile: 'id project_id location utility utility_id utility_rate utility_rate_id utility_rate_version utility_rate_version_id input_mode input_values monthly_bill monthly_energy hourly_energy efficiency_packages',
  retrieveProjectBillSummary: 'project_id design_id',
  listUtilityBills: 'id project_id filename download_url created_at',
  retrieveUtilityBill: 'id project_id filename download_url created_at',
  listProjectAssets: 'id asset_type design_id filename url',
  listAgreements: 'id project_id design_id agreement_template_name status signing_provider created_at updated_at sent_at last_viewed_at error_message',
  listSiteSurveys: 'id project_id status',
  retrieveAhj: 'id name',
  retrieveOrder: 'id status',
  retrieveAgreement: 'id project_id design_id agreement_template_name status signing_provider created_at updated_at sent_at last_viewed_at error_message',
  retrieveAgreementDownloadLink: 'download_link',
  getSiteSurvey: 'id project_id status',
  listDesigns: 'id project_id external_provider_id name created_at system_size_stc system_size_ptc system_size_ac milestone',
  retrieveDesign: 'id project_id external_provider_id name created_at milestone',
  retrieveDesignSummary: 'design_id project_id external_provider_id created_at system_size_stc system_size_ptc system_size_ac bill_of_materials arrays string_inverters storage_inverters batteries storage_selected_operating_mode energy_production',
  retrieveDesignBillSummary: 'project_id design_id',
  retrieveRoofSummary: 'roofs',
  listRackingArrays: 'rows columns array_layout ground_mounted pitch azimuth tilt rotation module adjacent_arrays',
  listDesignAssets: 'id asset_type design_id filename url',
  retrieveAsset: 'id asset_type design_id filename url',
  retrieveDesignPricing: 'pricing_method price_per_watt system_price system_price_breakdown storage_system_price_breakdown adders incentives pricing_by_component system_cost system_cost_breakdown storage_system_cost_breakdown pricing_mode',
  listFinancings: 'id name selected_in_sales_mode',
  retrieveFinancing: 'id name project_id design_id selected_in_sales_mode financing_option system_price up_to_date loan_principal down_payment monthly_payment_first_month avg_monthly_savings loans epc_price_per_watt escalation monthly_payment solar_rate upfront_payment payback_period lifetime_savings incentive_values year1_avoided_cost annual_cashflows financier',
  retrieveProposal: 'id created_at updated_at proposal_template_id proposal_link',
  retrieveWebProposal: 'url url_expired',
  listDesignRequests: 'id project_id design_id status image_src latitude longitude sla created_at rejection_reason',
  retrieveDesignRequest: 'id project_id design_id status image_src latitude longitude sla created_at rejection_reason',
  retrieveEagleviewDesignRequest: 'id project_id design_id status',
  retrievePlanSetRequest: 'id project_id design_id status design_url intake_form_url project_url rejection_reasons project_information electrical_information',
  retrievePlanSet: 'plan_set_request_id url design_url',
  retrievePerformanceSimulationStatus: 'job_id design_id requested_at completed_at status source error',
  retrieveIrradianceAnalysisStatus: 'job_id design_id requested_at completed_at status source error',
  retrieveAutoDesignerStatus: 'job_id design_id requested_at completed_at status source error',
  retrieveFirePathwayPlacementStatus: 'job_id design_id requested_at completed_at status source error',
  retrieveAiRoofStatus: 'job_id design_id requested_at completed_at status source error',
  retrieveProposalPdfGenerationStatus: 'job_id design_id requested_at completed_at status source error url',
  retrieveAgreementDownloadUrlStatus: 'job_id design_id requested_at completed_at status error project_id file_url',
  retrieveUtilityBillUploadStatus: 'job_id requested_at completed_at status source error utility_bill_id project_id',
  retrieveCreateProjectStatus: 'job_id requested_at completed_at status source error project_id order_id',
  createSsoProvider: 'auth_uri token_uri openid_key openid_secret openid_discovery_doc_url',
  createUser: 'id tenant_id first_name last_name email account_status phone title job_function external_provider_id role_id team_ids partner_ids partner_id locale base_price_per_watt_min base_price_per_watt_max',
  inviteUser: 'id tenant_id first_name last_name email account_status phone title job_function external_provider_id role_id team_ids partner_ids partner_id locale base_price_per_watt_min base_price_per_watt_max',
  updateUser: 'id tenant_id first_name last_name email account_status phone title job_function external_provider_id role_id team_ids partner_ids partner_id locale base_price_per_watt_min base_price_per_watt_max',
  createWebhook: 'id event url_template description enabled header_auth_key header_auth_value filters',
  updateWebhook: 'id event url_template description enabled header_auth_key header_auth_value filters',
  createProject: 'id external_provider_id name status project_type tags customer_salutation customer_first_name customer_last_name customer_email customer_phone mailing_address location owner_id team_id partner_id preferred_solar_modules ahj_id order_id created_from_lead_id created_at updated_at',
  updateProject: 'id external_provider_id name status project_type tags customer_salutation customer_first_name customer_last_name customer_email customer_phone mailing_address location owner_id team_id partner_id preferred_solar_modules ahj_id order_id created_from_lead_id created_at updated_at',
  updateConsumptionProfile: 'id project_id location utility utility_id utility_rate utility_rate_id utility_rate_version utility_rate_version_id input_mode input_values monthly_bill monthly_energy hourly_energy efficiency_packages',
  runUtilityBillUpload: 'job_id requested_at completed_at status source error utility_bill_id project_id',
  updateOrder: 'id status',
  declineOrder: 'id status',
  createProjectFromOrder: 'job_id requested_at completed_at status source error project_id order_id',
  runAgreementDownloadUrl: 'job_id design_id requested_at completed_at status error project_id file_url',
  createSiteSurvey: 'id project_id status',
  updateSiteSurvey: 'id project_id status',
  updateSiteSurveyStatus: 'id project_id status',
  updateSiteSurveyElectricalData: 'id project_id status',
  updateSiteSurveyElectricalSubpanels: 'id project_id status',
  updateSiteSurveyMountingPlanes: 'id project_id status',
  createDesign: 'id project_id external_provider_id name created_at milestone',
  duplicateDesign: 'id project_id external_provider_id name created_at milestone',
  updateDesignPricing: 'pricing_method price_per_watt system_price system_price_breakdown storage_system_price_breakdown adders incentives pricing_by_component system_cost system_cost_breakdown storage_system_cost_breakdown pricing_mode',
  createAdder: 'id adder_name adder_value is_discount adder_type',
  pushFinancingToFinancier: 'id name project_id design_id selected_in_sales_mode financing_option system_price up_to_date loan_principal down_payment monthly_payment_first_month avg_monthly_savings loans epc_price_per_watt escalation monthly_payment solar_rate upfront_payment payback_period lifetime_savings incentive_values year1_avoided_cost annual_cashflows financier',
  createProposal: 'id created_at updated_at proposal_template_id proposal_link',
  generateWebProposalUrl: 'url url_expired',
  updateRackingBillOfMaterials: 'racking_components',
  runPerformanceSimulation: 'job_id design_id requested_at completed_at status source error',
  runIrradianceAnalysis: 'job_id design_id requested_at completed_at status source error',
  runAutoDesigner: 'job_id design_id requested_at completed_at status source error',
  runFirePathwayPlacement: 'job_id design_id requested_at completed_at status source error',
  runAiRoof: 'job_id design_id requested_at completed_at status source error',
  runProposalPdfGeneration: 'job_id design_id requested_at completed_at status source error url',
  createDesignRequest: 'id project_id design_id status image_src latitude longitude sla created_at rejection_reason',
  acceptDesignRequest: 'id project_id design_id status image_src latitude longitude sla created_at rejection_reason',
  createEagleviewDesignRequest: 'id project_id design_id status',
  acceptEagleviewDesignRequest: 'id project_id design_id status',
  createPlanSetRequest: 'id project_id design_id status design_url intake_form_url project_url rejection_reasons project_information electrical_information',
}

const MEMBERS: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries(CARRIED).map(([operation, text]) => [operation, text.split(' ')]),
)

/** The members that the contract describes in an answer: of its object, or of each item of its list. */
export const carriedMembers = (operation: OperationId): readonly string[] => MEMBERS.get(operation) ?? []
