// The names of the types, made before any of them is described, so that their modules can refer to each other freely.
import type { AuroraObject } from '../../loaders/aurora-object.ts'
import { builder } from '../builder.ts'

export const Tenant = builder.objectRef<AuroraObject>('Tenant')
export const User = builder.objectRef<AuroraObject>('User')
export const Team = builder.objectRef<AuroraObject>('Team')
export const Partner = builder.objectRef<AuroraObject>('Partner')
export const Project = builder.objectRef<AuroraObject>('Project')
export const ConsumptionProfile = builder.objectRef<AuroraObject>('ConsumptionProfile')
export const Design = builder.objectRef<AuroraObject>('Design')
export const DesignSummary = builder.objectRef<AuroraObject>('DesignSummary')
export const Pricing = builder.objectRef<AuroraObject>('Pricing')
export const Financing = builder.objectRef<AuroraObject>('Financing')
