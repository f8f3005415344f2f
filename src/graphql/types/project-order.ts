// What lists of projects can be sorted by.
export const PROJECT_ORDER = {
  sorts: {
    CREATED_AT: 'When it was made.',
    NAME: 'Its name, without regard to case and accents.',
    STATUS: 'Its status, in the order of the letters.',
    CUSTOMER: 'Family name and given name of the customer.',
  },
  /** Newest first, as Aurora lists them. */
  order: { by: 'CREATED_AT', isDescending: true },
}
