// ProjectBillSummary, DesignBillSummary: what energy costs at a site, before solar and with a design.
import { identifier, raw } from '../member.ts'
import { Node } from '../node.ts'
import { parent, relation } from '../relation.ts'
import { Design, DesignBillSummary, Project, ProjectBillSummary } from './refs.ts'

ProjectBillSummary.implement({
  interfaces: [Node],
  description:
    'What energy costs at a site, presumably before solar, by the year and the month: see `raw`. It goes by the id of ' +
    'its project, and one call reads all of it.',
  fields: (t) => ({
    projectId: t.field(identifier('project_id', "Aurora's id of the project, where the body repeats it.")),
    project: t.field(
      parent(
        Project,
        'project',
        'The project of the site. `id` is free; other members cost 1 call unless a list has shown the project.',
      ),
    ),
    raw: t.field(raw()),
  }),
})

DesignBillSummary.implement({
  interfaces: [Node],
  description:
    'What energy costs at a site, presumably after the design is built, by the year and the month: see `raw`. It goes ' +
    'by the id of its design, and one call reads all of it.',
  fields: (t) => ({
    projectId: t.field(identifier('project_id', "Aurora's id of the project, where the body tells it.")),
    project: t.field(
      relation(
        'project_id',
        Project,
        'project',
        'The project of the design; null where the body does not tell it, though `design { project }` does. `id` is ' +
          'free; other members cost 1 call unless a list has shown the project.',
      ),
    ),
    designId: t.field(identifier('design_id', "Aurora's id of the design, where the body repeats it.")),
    design: t.field(
      parent(
        Design,
        'design',
        'The design. `id` is free; other members cost 1 call unless a list has shown the design.',
      ),
    ),
    raw: t.field(raw()),
  }),
})
