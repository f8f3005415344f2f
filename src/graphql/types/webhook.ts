// Webhook: a subscription by which Aurora calls an address when something happens.
import { addQueries } from '../fields.ts'
import { choice, flag, json, ownWord, text } from '../member.ts'
import { implementNode, lookUp, ownId } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { wholeList } from '../relation.ts'

export const WebhookEvent = createOpenEnum('WebhookEvent', {
  description:
    'The events for which webhooks are called. Aurora adds values at any time, and has dropped some.',
  values: {
    PROJECT_CREATED: 'A project was made, in the app or through the API.',
    PROJECT_CHANGED: 'Members of a project were changed.',
    PROJECT_STATUS_CHANGED: 'A project was moved to another stage of the sale.',
    PROJECT_DELETED: 'A project was deleted.',
    CONSUMPTION_PROFILE_CHANGED:
      'The energy use of a project was written; also where nothing of interest changed.',
    AHJ_LOOKUP_COMPLETED: 'The look-up of the authority having jurisdiction over a site ended, or failed.',
    IMAGERY_LIDAR_COMPLETED: 'Aerial pictures and heights of a site have been loaded.',
    DESIGN_CREATED: 'A design was made.',
    DESIGN_DELETED: 'A design was deleted.',
    MILESTONE_CREATED: 'A design was marked, such as sold.',
    MILESTONE_SHARED: 'The mark of a design was shared, presumably with another tenant.',
    ASSET_CREATED: 'A file can be downloaded; not yet while it is uploaded.',
    AI_ROOF_JOB_COMPLETED: 'The building of a roof model by AI ended, or failed.',
    AUTO_DESIGNER_JOB_COMPLETED: 'The automatic layout of a design ended, or failed.',
    FIRE_PATHWAY_PLACEMENT_JOB_COMPLETED: 'The placing of fire pathways on a roof ended, or failed.',
    PANEL_IRRADIANCE_ANALYSIS_JOB_COMPLETED: 'The analysis of sunlight on a design ended, or failed.',
    PERFORMANCE_SIMULATION_JOB_COMPLETED: 'The simulation of the energy of a design ended, or failed.',
    PROPOSAL_PDF_GENERATION_JOB_COMPLETED: 'The printing of a proposal ended, or failed.',
    WEB_PROPOSAL_URL_CREATED: 'A link to the web proposal of a design was made.',
    AGREEMENT_STATUS_CHANGED:
      'An agreement was sent, viewed, signed or called off; in any order, and repeatedly.',
    AGREEMENT_DOWNLOAD_URL_JOB_COMPLETED: 'The address of a signed agreement is ready, or could not be made.',
    FINANCIER_CONTRACT_STATUS_CHANGED: 'A lender moved an application or contract on.',
    DESIGN_REQUEST_CREATED: 'A roof model was asked for from the experts of Aurora.',
    DESIGN_REQUEST_COMPLETED: 'The experts of Aurora have built a roof model.',
    DESIGN_REQUEST_REJECTED: 'The experts of Aurora have turned a request down.',
    EAGLEVIEW_DESIGN_REQUEST_CREATED: 'A roof model was ordered from EagleView.',
    EAGLEVIEW_DESIGN_REQUEST_STATUS_CHANGED: 'An order with EagleView has moved on.',
    PLAN_SET_REQUEST_STATUS_CHANGED: 'A request for a plan set has moved on.',
    SITE_SURVEY_REQUESTED: 'A survey of a site was asked for.',
    SITE_SURVEY_STATUS_CHANGED: 'A survey of a site has moved on.',
    ORDER_CREATED: 'A consumer has ordered.',
    APP_STATUS_CHANGED: 'A tenant has enabled or disabled the app of a partner.',
    DESIGN_REQUEST_COMPLETION:
      'The older word for DESIGN_REQUEST_COMPLETED, on subscriptions made years ago.',
    DESIGN_REQUEST_REJECTION: 'The older word for DESIGN_REQUEST_REJECTED, on subscriptions made years ago.',
    AUTO_DESIGNER_JOB_COMPLETION:
      'The older word for AUTO_DESIGNER_JOB_COMPLETED, on subscriptions made years ago; then only of jobs begun by the API.',
    IRRADIANCE_ANALYSIS_JOB_COMPLETION:
      'The older word for PANEL_IRRADIANCE_ANALYSIS_JOB_COMPLETED, on subscriptions made years ago.',
    PLAN_SET_STATUS_CHANGED:
      'Another word for PLAN_SET_REQUEST_STATUS_CHANGED, which a tutorial of Aurora has.',
    LEAD_CREATED: 'A lead was made. Of older versions.',
    LEAD_CHANGED: 'A lead was changed. Of older versions.',
    LEAD_CONVERTED: 'A lead was made a project. Of older versions.',
  },
})

implementNode('webhook', {
  description:
    'A subscription to one event; a tenant has at most 5 for each event. Aurora calls the address with GET, ' +
    'without a body. The secret that it sends along is never shown.',
  fields: {
    auroraId: ownId(),
    event: choice(WebhookEvent, 'The event for which it is called.'),
    eventRaw: ownWord(),
    urlTemplate: text(
      'The address, with places such as `<DESIGN_ID>` that Aurora fills. Some receivers put a token of theirs into it: show ' +
        'it to those only who may see that.',
    ),
    description: text('What it is for, in free words.'),
    enabled: flag('Whether it is called; Aurora turns it off after some 48 hours of nothing but failures.'),
    headerAuthKey: text(
      'Name of the request header that proves that Aurora calls; null without one. Its value is never shown.',
    ),
    filters: json(
      'What the event is narrowed to, such as some values of STATUS. Its name and shape are not publicly documented: null ' +
        'if Aurora has another name for it.',
    ),
  },
})

addQueries({
  webhook: lookUp(
    'webhook',
    'A webhook by id. Costs 1 call; nothing if the list has shown all selected fields.',
  ),
  webhooks: wholeList('listWebhooks', 'All webhooks of the tenant, in no promised order. Costs 1 call.'),
})
