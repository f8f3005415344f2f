// ProjectBillSummary, DesignBillSummary: what energy costs at a site, before solar and with a design.
import { identifier, raw } from '../member.ts'
import { implementNode } from '../node.ts'
import { parent, relation } from '../relation.ts'

implementNode('projectBillSummary', {
  description:
    'What energy costs at a site, presumably before solar, by the year and the month: see `raw`. It is found by the id of ' +
    'its project, and one call reads all of it.',
  fields: {
    projectId: identifier("Aurora's id of the project, if the body contains it."),
    project: parent('project', 'The project of the site.'),
    raw: raw(),
  },
})

implementNode('designBillSummary', {
  description:
    'What energy costs at a site, presumably after the design is built, by the year and the month: see `raw`. It is ' +
    'found by the id of its design, and one call reads all of it.',
  fields: {
    projectId: identifier("Aurora's id of the project, if the body contains it."),
    project: relation(
      'project',
      'The project of the design; null if the body does not contain it, though `design { project }` does.',
    ),
    designId: identifier("Aurora's id of the design, if the body contains it."),
    design: parent('design', 'The design.'),
    raw: raw(),
  },
})
