/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** A stretch of time; an end that is left out is open. */
export type DateTimeRangeInput = {
  /** The first moment. */
  from?: string | null | undefined;
  /** The first moment after it. */
  to?: string | null | undefined;
};

/** How far a job has come. */
export type JobStatus =
  /** Ended without a result: `error` may have the reason. */
  | 'FAILED'
  /** Not ended yet, whatever word Aurora uses for it. */
  | 'RUNNING'
  /** Ended; its results can be read. */
  | 'SUCCEEDED';

/** How far the sale of a design has come: a later stage takes the place of the earlier. Aurora may add values at any time. */
export type MilestoneStage =
  /** Called off. */
  | 'CANCELED'
  /** Built. */
  | 'INSTALLED'
  /** Shown to the customer. */
  | 'OFFERED'
  /** Allowed to run by the utility, which is the last stage of a sale (PTO). */
  | 'PERMISSION_TO_OPERATE'
  /** Bought by the customer. */
  | 'SOLD'
  /** A word of Aurora that this gateway does not know: the field of the same name that ends in `Raw` shows it. */
  | 'UNRECOGNIZED';

/** Step of a price. They come in this order: starting price, base price, adders, discounts, incentives. Aurora may add values at any time. */
export type PriceItemType =
  /** What is charged besides, such as a new main panel. */
  | 'ADDERS'
  /** The system by its pricing method. */
  | 'BASE_PRICE'
  /** What is taken off. The running total after this step is the price before incentives. */
  | 'DISCOUNTS'
  /** Grants that are paid up front. */
  | 'INCENTIVES'
  /** A sum that the tenant puts under every price. */
  | 'STARTING_PRICE'
  /** A word of Aurora that this gateway does not know: the field of the same name that ends in `Raw` shows it. */
  | 'UNRECOGNIZED';

/** What projects have to match: all members that are given. */
export type ProjectFilterInput = {
  /** When it was made. */
  createdAt?: DateTimeRangeInput | null | undefined;
  /** Ids in the integrator's own system, letter by letter: at most 50; one of them has to match, and an empty list matches nothing. */
  externalProviderId?: Array<string> | null | undefined;
  /** The users who own it, by either id: at most 50; one of them has to match, and an empty list matches nothing. */
  ownerId?: Array<string | number> | null | undefined;
  /** The outside firms that it belongs to, by either id: at most 50; one of them has to match, and an empty list matches nothing. */
  partnerId?: Array<string | number> | null | undefined;
  /** What is built: at most 50; one of them has to match, and an empty list matches nothing. */
  projectType?: Array<ProjectTypeInput> | null | undefined;
  /** Stages of the sale, letter by letter: at most 50; one of them has to match, and an empty list matches nothing. */
  status?: Array<string> | null | undefined;
  /** Tags, letter by letter: at most 50; one of them has to match, and an empty list matches nothing. */
  tags?: Array<string> | null | undefined;
  /** The teams that it is assigned to, by either id: at most 50; one of them has to match, and an empty list matches nothing. */
  teamId?: Array<string | number> | null | undefined;
};

/** Where the site is: an address, both coordinates, or all three. An address alone is geocoded, and may miss the building; coordinates alone are looked up; all three are kept as given. */
export type ProjectLocationInput = {
  /** Decimal degrees, north positive, -90 to 90. */
  latitude?: number | null | undefined;
  /** Decimal degrees, east positive, -180 to 180. */
  longitude?: number | null | undefined;
  /** The whole address on one line, at most 255 characters. */
  propertyAddress?: string | null | undefined;
};

/** What projects can be sorted by. Equal ones are in the order of their ids. */
export type ProjectSortFieldInput =
  /** When it was made. */
  | 'CREATED_AT'
  /** Family name and given name of the customer. */
  | 'CUSTOMER'
  /** Its name, without regard to case and accents. */
  | 'NAME'
  /** Its status, in the order of the letters. */
  | 'STATUS';

/** An order of projects. */
export type ProjectSortInput = {
  /** What they are sorted by. */
  by: ProjectSortFieldInput;
  /** Rising or falling. */
  direction?: SortDirectionInput | null | undefined;
};

/** What is built. Aurora may add values at any time. */
export type ProjectType =
  /** A business. */
  | 'COMMERCIAL'
  /** A home. */
  | 'RESIDENTIAL'
  /** A word of Aurora that this gateway does not know: the field of the same name that ends in `Raw` shows it. */
  | 'UNRECOGNIZED';

/** What is to be built. */
export type ProjectTypeInput =
  /** A business. */
  | 'COMMERCIAL'
  /** A home. */
  | 'RESIDENTIAL';

/** The direction of an order. What has no value is last in both. */
export type SortDirectionInput =
  /** From A to Z, from old to new, from small to large. */
  | 'ASC'
  /** From Z to A, from new to old, from large to small. */
  | 'DESC';

/** What is to change of a project; what is left out stays as it is. Aurora decides whether a member can be cleared with null, and whether the location can change: UNPROCESSABLE if not. */
export type UpdateProjectInput = {
  /** Where the customer gets mail. */
  customerEmail?: string | null | undefined;
  /** Given name of the customer. */
  customerFirstName?: string | null | undefined;
  /** Family name of the customer. */
  customerLastName?: string | null | undefined;
  /** Phone number of the customer, in no set form. */
  customerPhone?: string | null | undefined;
  /** How the customer is addressed, such as Ms. or Dr. */
  customerSalutation?: string | null | undefined;
  /** The id in the integrator's own system; need not be unique. */
  externalProviderId?: string | null | undefined;
  /** Where the site is. */
  location?: ProjectLocationInput | null | undefined;
  /** Postal address of the customer; may differ from the site. */
  mailingAddress?: string | null | undefined;
  /** What the tenant calls it, mostly after the customer. */
  name?: string | null | undefined;
  /** The user who is to own it, by either id. */
  ownerId?: string | number | null | undefined;
  /** The modules preferred, by either id. */
  preferredSolarModules?: Array<string | number> | null | undefined;
  /** What is to be built. */
  projectType?: ProjectTypeInput | null | undefined;
  /** Stage of the sale, in words that each tenant defines for itself. */
  status?: string | null | undefined;
  /** All its tags; restricted keys see only projects with certain ones. */
  tags?: Array<string> | null | undefined;
  /** The team it is to be assigned to, by either id. */
  teamId?: string | number | null | undefined;
};

/** What became of a change that was answered with an error. */
export type WriteOutcome =
  /** It was carried out, only the answer could not be read: read the object, do not send it again. */
  | 'DONE'
  /** It was not carried out: correct what is wrong, and send it again. */
  | 'NOT_DONE'
  /** It was sent, and no answer shows the outcome: look whether it was carried out before you send it again. */
  | 'UNKNOWN';

export type BoardQueryVariables = Exact<{
  first: number;
  search?: string | null | undefined;
  filter?: ProjectFilterInput | null | undefined;
  sort?: ProjectSortInput | null | undefined;
}>;


export type BoardQuery = { projects: { totalCount: number | null, isComplete: boolean | null, nodes: Array<(
      { id: string, status: string | null }
      & { ' $fragmentRefs'?: { 'ProjectCardFragment': ProjectCardFragment } }
    )> } | null };

export type DesignPageQueryVariables = Exact<{
  id: string | number;
}>;


export type DesignPageQuery = { design: { id: string, name: string | null, systemSizeStc: number | null, project: { id: string, name: string | null } | null, summary: (
      { id: string }
      & { ' $fragmentRefs'?: { 'EnergyChartFragment': EnergyChartFragment } }
    ) | null, pricing: (
      { id: string }
      & { ' $fragmentRefs'?: { 'PriceFragment': PriceFragment } }
    ) | null } | null };

export type EditProjectFragment = { id: string, name: string | null, status: string | null } & { ' $fragmentName'?: 'EditProjectFragment' };

export type UpdateProjectMutationVariables = Exact<{
  id: string | number;
  input: UpdateProjectInput;
}>;


export type UpdateProjectMutation = { updateProject: { project: { __typename: 'Project', id: string, name: string | null, status: string | null } | null, errors: Array<
      | { message: string, outcome: WriteOutcome }
      | { message: string, outcome: WriteOutcome }
      | { message: string, outcome: WriteOutcome }
      | { message: string, outcome: WriteOutcome }
      | { message: string, outcome: WriteOutcome }
      | { message: string, outcome: WriteOutcome }
      | { message: string, outcome: WriteOutcome }
      | { message: string, outcome: WriteOutcome }
      | { message: string, outcome: WriteOutcome }
      | { message: string, outcome: WriteOutcome }
      | { message: string, outcome: WriteOutcome }
      | { message: string, outcome: WriteOutcome }
      | { message: string, outcome: WriteOutcome }
      | { message: string, outcome: WriteOutcome }
      | { message: string, outcome: WriteOutcome }
      | { message: string, outcome: WriteOutcome }
    > } };

export type EnergyChartFragment = { id: string, energyProduction: { annual: number | null, annualOffset: number | null, monthly: Array<number | null> | null, upToDate: boolean | null } | null } & { ' $fragmentName'?: 'EnergyChartFragment' };

export type PriceFragment = { id: string, systemPrice: number | null, pricePerWatt: number | null, systemPriceBreakdown: Array<{ itemType: PriceItemType | null, itemTypeRaw: string | null, itemPrice: number | null }> | null } & { ' $fragmentName'?: 'PriceFragment' };

export type ProjectCardFragment = { id: string, name: string | null, customerFirstName: string | null, customerLastName: string | null, projectType: ProjectType | null } & { ' $fragmentName'?: 'ProjectCardFragment' };

export type ProjectPageQueryVariables = Exact<{
  id: string | number;
}>;


export type ProjectPageQuery = { project: (
    { id: string, name: string | null, status: string | null, location: { propertyAddress: string | null } | null, owner: { id: string, firstName: string | null, lastName: string | null } | null, designs: Array<{ id: string, name: string | null, systemSizeStc: number | null, milestone: { milestone: MilestoneStage | null } | null }> | null }
    & { ' $fragmentRefs'?: { 'EditProjectFragment': EditProjectFragment } }
  ) | null };

export type ProjectChangedSubscriptionVariables = Exact<{
  id: string | number;
}>;


export type ProjectChangedSubscription = { projectChanged: { id: string, name: string | null, status: string | null } | null };

export type RunSimulationMutationVariables = Exact<{
  designId: string | number;
}>;


export type RunSimulationMutation = { runPerformanceSimulation: { job: { id: string, status: JobStatus | null } | null, errors: Array<
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
      | { message: string }
    > } };

export type SimulationChangedSubscriptionVariables = Exact<{
  jobId: string | number;
}>;


export type SimulationChangedSubscription = { jobChanged:
    | { id: string, status: JobStatus | null, error: { message: string | null } | null }
    | { id: string, status: JobStatus | null, error: { message: string | null } | null }
    | { id: string, status: JobStatus | null, error: { message: string | null } | null }
    | { id: string, status: JobStatus | null, error: { message: string | null } | null }
    | { id: string, status: JobStatus | null, error: { message: string | null } | null }
    | { id: string, status: JobStatus | null, design: { id: string, summary: (
          { id: string }
          & { ' $fragmentRefs'?: { 'EnergyChartFragment': EnergyChartFragment } }
        ) | null } | null, error: { message: string | null } | null }
    | { id: string, status: JobStatus | null, error: { message: string | null } | null }
    | { id: string, status: JobStatus | null, error: { message: string | null } | null }
    | { id: string, status: JobStatus | null, error: { message: string | null } | null }
   | null };

export const EditProjectFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EditProject"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Project"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]} as unknown as DocumentNode<EditProjectFragment, unknown>;
export const EnergyChartFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EnergyChart"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DesignSummary"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"energyProduction"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"annual"}},{"kind":"Field","name":{"kind":"Name","value":"annualOffset"}},{"kind":"Field","name":{"kind":"Name","value":"monthly"}},{"kind":"Field","name":{"kind":"Name","value":"upToDate"}}]}}]}}]} as unknown as DocumentNode<EnergyChartFragment, unknown>;
export const PriceFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Price"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Pricing"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"systemPrice"}},{"kind":"Field","name":{"kind":"Name","value":"pricePerWatt"}},{"kind":"Field","name":{"kind":"Name","value":"systemPriceBreakdown"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"itemType"}},{"kind":"Field","name":{"kind":"Name","value":"itemTypeRaw"}},{"kind":"Field","name":{"kind":"Name","value":"itemPrice"}}]}}]}}]} as unknown as DocumentNode<PriceFragment, unknown>;
export const ProjectCardFragmentDoc = {"kind":"Document","definitions":[{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ProjectCard"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Project"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"customerFirstName"}},{"kind":"Field","name":{"kind":"Name","value":"customerLastName"}},{"kind":"Field","name":{"kind":"Name","value":"projectType"}}]}}]} as unknown as DocumentNode<ProjectCardFragment, unknown>;
export const BoardDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"Board"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"first"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"Int"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"search"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"String"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"filter"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ProjectFilterInput"}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"sort"}},"type":{"kind":"NamedType","name":{"kind":"Name","value":"ProjectSortInput"}}}],"directives":[{"kind":"Directive","name":{"kind":"Name","value":"live"}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"projects"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"first"},"value":{"kind":"Variable","name":{"kind":"Name","value":"first"}}},{"kind":"Argument","name":{"kind":"Name","value":"search"},"value":{"kind":"Variable","name":{"kind":"Name","value":"search"}}},{"kind":"Argument","name":{"kind":"Name","value":"filter"},"value":{"kind":"Variable","name":{"kind":"Name","value":"filter"}}},{"kind":"Argument","name":{"kind":"Name","value":"sort"},"value":{"kind":"Variable","name":{"kind":"Name","value":"sort"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"totalCount"}},{"kind":"Field","name":{"kind":"Name","value":"isComplete"}},{"kind":"Field","name":{"kind":"Name","value":"nodes"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"ProjectCard"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"ProjectCard"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Project"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"customerFirstName"}},{"kind":"Field","name":{"kind":"Name","value":"customerLastName"}},{"kind":"Field","name":{"kind":"Name","value":"projectType"}}]}}]} as unknown as DocumentNode<BoardQuery, BoardQueryVariables>;
export const DesignPageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"DesignPage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"design"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"systemSizeStc"}},{"kind":"Field","name":{"kind":"Name","value":"project"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}}]}},{"kind":"Field","name":{"kind":"Name","value":"summary"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"EnergyChart"}}]}},{"kind":"Field","name":{"kind":"Name","value":"pricing"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"Price"}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EnergyChart"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DesignSummary"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"energyProduction"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"annual"}},{"kind":"Field","name":{"kind":"Name","value":"annualOffset"}},{"kind":"Field","name":{"kind":"Name","value":"monthly"}},{"kind":"Field","name":{"kind":"Name","value":"upToDate"}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"Price"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Pricing"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"systemPrice"}},{"kind":"Field","name":{"kind":"Name","value":"pricePerWatt"}},{"kind":"Field","name":{"kind":"Name","value":"systemPriceBreakdown"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"itemType"}},{"kind":"Field","name":{"kind":"Name","value":"itemTypeRaw"}},{"kind":"Field","name":{"kind":"Name","value":"itemPrice"}}]}}]}}]} as unknown as DocumentNode<DesignPageQuery, DesignPageQueryVariables>;
export const UpdateProjectDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"UpdateProject"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}},{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"UpdateProjectInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"updateProject"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}},{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"project"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"outcome"}}]}}]}}]}}]} as unknown as DocumentNode<UpdateProjectMutation, UpdateProjectMutationVariables>;
export const ProjectPageDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"query","name":{"kind":"Name","value":"ProjectPage"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"project"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"EditProject"}},{"kind":"Field","name":{"kind":"Name","value":"location"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"propertyAddress"}}]}},{"kind":"Field","name":{"kind":"Name","value":"owner"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"firstName"}},{"kind":"Field","name":{"kind":"Name","value":"lastName"}}]}},{"kind":"Field","name":{"kind":"Name","value":"designs"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"systemSizeStc"}},{"kind":"Field","name":{"kind":"Name","value":"milestone"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"milestone"}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EditProject"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"Project"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]} as unknown as DocumentNode<ProjectPageQuery, ProjectPageQueryVariables>;
export const ProjectChangedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"ProjectChanged"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"id"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"projectChanged"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"id"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"name"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}}]}}]} as unknown as DocumentNode<ProjectChangedSubscription, ProjectChangedSubscriptionVariables>;
export const RunSimulationDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"RunSimulation"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"designId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"runPerformanceSimulation"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"designId"},"value":{"kind":"Variable","name":{"kind":"Name","value":"designId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"job"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}}]}},{"kind":"Field","name":{"kind":"Name","value":"errors"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}}]}}]}}]} as unknown as DocumentNode<RunSimulationMutation, RunSimulationMutationVariables>;
export const SimulationChangedDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"subscription","name":{"kind":"Name","value":"SimulationChanged"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"jobId"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ID"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"jobChanged"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"id"},"value":{"kind":"Variable","name":{"kind":"Name","value":"jobId"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"status"}},{"kind":"Field","name":{"kind":"Name","value":"error"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"message"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PerformanceSimulationJob"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"design"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"summary"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"FragmentSpread","name":{"kind":"Name","value":"EnergyChart"}}]}}]}}]}}]}}]}},{"kind":"FragmentDefinition","name":{"kind":"Name","value":"EnergyChart"},"typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"DesignSummary"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"energyProduction"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"annual"}},{"kind":"Field","name":{"kind":"Name","value":"annualOffset"}},{"kind":"Field","name":{"kind":"Name","value":"monthly"}},{"kind":"Field","name":{"kind":"Name","value":"upToDate"}}]}}]}}]} as unknown as DocumentNode<SimulationChangedSubscription, SimulationChangedSubscriptionVariables>;