// Agreement: a contract that the customer signs electronically.
import { builder } from '../builder.ts'
import { choice, dateTime, identifier, readText, text } from '../member.ts'
import { lookUp, Node } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { relation } from '../relation.ts'
import { Agreement, Design, Project } from './refs.ts'

const AgreementStatus = createOpenEnum('AgreementStatus', {
  description:
    'How far the signing of an agreement has come. Aurora may add values at any time. Older versions tell the kind of ' +
    'an error here.',
  values: {
    SENT: 'Sent to the customer.',
    VIEWED: 'Opened by the customer.',
    SIGNED: 'Signed by the customer: it can no longer be called off.',
    CANCEL_PENDING: 'Being called off; Aurora writes it with a hyphen or with an underscore.',
    CANCELED: 'Called off.',
    DECLINED: 'Turned down by the customer.',
    ERROR: 'Could not be sent or signed: `errorMessage` tells why.',
  },
})

const SigningProvider = createOpenEnum('SigningProvider', {
  description: 'Service by which an agreement is signed. Aurora may add values at any time.',
  values: {
    DOCUSIGN: 'DocuSign: it tells neither when an agreement was sent nor when it was viewed.',
    DROPBOX_SIGN: 'Dropbox Sign, formerly HelloSign.',
  },
})

Agreement.implement({
  interfaces: [Node],
  description:
    'A contract that was sent to the customer for signature. It carries no price, no moment of signing and no ' +
    'financing. Agreements are made and sent in the app only.',
  fields: (t) => ({
    auroraId: t.id({ nullable: false, description: "Aurora's own id.", resolve: ({ key }) => key }),
    projectId: t.field(
      identifier('project_id', "Aurora's id of the project; as free as `project { auroraId }`."),
    ),
    project: t.field(
      relation(
        'project_id',
        Project,
        'project',
        'The project it is about. `id` is free; other members cost 1 call unless a list has shown the project.',
      ),
    ),
    designId: t.field(
      identifier('design_id', "Aurora's id of the design; as free as `design { auroraId }`."),
    ),
    design: t.field(
      relation(
        'design_id',
        Design,
        'design',
        'The design that was sold. `id` is free; other members cost 1 call unless a list has shown the design.',
      ),
    ),
    agreementTemplateName: t.field(text('agreement_template_name', 'Name of the template it was made from.')),
    status: t.field(choice('status', AgreementStatus, 'How far the signing has come.')),
    statusRaw: t.field(text('status', "`status` in Aurora's own word.")),
    signingProvider: t.field(choice('signing_provider', SigningProvider, 'Service by which it is signed.')),
    signingProviderRaw: t.field(text('signing_provider', "`signingProvider` in Aurora's own word.")),
    createdAt: t.field(dateTime('created_at', 'When it was made.')),
    updatedAt: t.field(
      dateTime('updated_at', 'When it was last changed; null in versions that do not tell it.'),
    ),
    sentAt: t.field(dateTime('sent_at', 'When it was sent; null with DocuSign.')),
    lastViewedAt: t.field(
      dateTime('last_viewed_at', 'When the customer last looked at it; null with DocuSign.'),
    ),
    errorMessage: t.field(
      text(
        'error_message',
        'What went wrong, such as `signature_request_email_bounce`; null unless something did.',
      ),
    ),
    downloadLink: t.field({
      type: 'String',
      description:
        'Address of the signed document, the older way to it, probably of Dropbox Sign only; null where there is none. ' +
        'Costs 1 call for each agreement. Fetch it soon: addresses of agreements are known to die within 15 minutes, ' +
        'and up to 10 of them may have passed here. That Aurora calls the member `download_link` is inferred.',
      resolve: async ({ key }, _args, { loaders }) => {
        const link = await loaders.read('retrieveAgreementDownloadLink')(key)
        return link && readText(link, 'download_link')
      },
    }),
  }),
})

builder.queryFields((t) => ({
  agreement: t.field(
    lookUp(
      'agreement',
      Agreement,
      'An agreement by id. Costs 1 call; nothing where the list of its project has shown what is asked for.',
    ),
  ),
}))
