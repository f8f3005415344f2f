// Agreement: a contract that the customer signs electronically.
import { addQueries } from '../fields.ts'
import { choice, dateTime, ownWord, text } from '../member.ts'
import { implementNode, lookUp, ownId } from '../node.ts'
import { createOpenEnum } from '../open-enum.ts'
import { foreignId, relation } from '../relation.ts'
import { readText } from '../read-value.ts'

const AgreementStatus = createOpenEnum('AgreementStatus', {
  description:
    'How far the signing of an agreement has come. Aurora may add values at any time. Older versions return the kind ' +
    'of an error here.',
  values: {
    SENT: 'Sent to the customer.',
    VIEWED: 'Opened by the customer.',
    SIGNED: 'Signed by the customer: it can no longer be called off.',
    CANCEL_PENDING: 'Being called off; Aurora writes it with a hyphen or with an underscore.',
    CANCELED: 'Called off.',
    DECLINED: 'Turned down by the customer.',
    ERROR: 'Could not be sent or signed: `errorMessage` has the reason.',
    SIGNATURE_REQUEST_EMAIL_BOUNCE: 'The mail to the customer came back. Of older versions: ERROR in others.',
    SIGNATURE_REQUEST_INVALID: 'What was to be signed is not valid. Of older versions: ERROR in others.',
    FILE_ERROR: 'The document could not be used. Of older versions: ERROR in others.',
    UNKNOWN_ERROR: 'Something else went wrong. Of older versions: ERROR in others.',
  },
})

const SigningProvider = createOpenEnum('SigningProvider', {
  description: 'Service by which an agreement is signed. Aurora may add values at any time.',
  values: {
    DOCUSIGN: 'DocuSign: it shows neither when an agreement was sent nor when it was viewed.',
    DROPBOX_SIGN: 'Dropbox Sign, formerly HelloSign.',
  },
})

implementNode('agreement', {
  description:
    'A contract that was sent to the customer for signature. It carries no price, no moment of signing and no ' +
    'financing. Agreements are made and sent in the app only.',
  fields: {
    auroraId: ownId(),
    projectId: foreignId(),
    project: relation('project', 'The project it is about.'),
    designId: foreignId(),
    design: relation('design', 'The design that was sold.'),
    agreementTemplateName: text('Name of the template it was made from.'),
    status: choice(AgreementStatus, 'How far the signing has come.'),
    statusRaw: ownWord(),
    signingProvider: choice(SigningProvider, 'Service by which it is signed.'),
    signingProviderRaw: ownWord(),
    createdAt: dateTime('When it was made.'),
    updatedAt: dateTime('When it was last changed. Only versions before 2024.05 return it: null in others.'),
    sentAt: dateTime('When it was sent; null with DocuSign.'),
    lastViewedAt: dateTime('When the customer last looked at it; null with DocuSign.'),
    errorMessage: text(
      'What went wrong, such as `signature_request_email_bounce`; null unless something did.',
    ),
    downloadLink: (t) =>
      t.field({
        type: 'String',
        extensions: { operation: 'retrieveAgreementDownloadLink' },
        description:
          'Address of the signed document, the older way to it, probably of Dropbox Sign only; null if there is none. ' +
          'Costs 1 call for each agreement. Fetch it soon: addresses of agreements are known to die within 15 minutes, ' +
          'and up to 10 of them may have passed here. That Aurora calls the member `download_link` is inferred.',
        resolve: async ({ key }, _args, { loaders }) => {
          const link = await loaders.read('retrieveAgreementDownloadLink')(key)
          return link && readText(link, 'download_link')
        },
      }),
  },
})

addQueries({
  agreement: lookUp(
    'agreement',
    'An agreement by id. Costs 1 call; nothing if the list of its project has shown all selected fields.',
  ),
})
