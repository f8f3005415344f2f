// Mutations of consumer orders.
import type { AuroraObject } from '../../loaders/aurora-object.ts'
import { builder } from '../builder.ts'
import { assertObject, assertSomething, idOf } from '../input.ts'
import { createPayload, mutation } from '../mutation.ts'
import { Order } from './refs.ts'

const OrderPayload = createPayload<AuroraObject>('OrderPayload', 'order', {
  type: Order,
  description:
    'The order as it is now; null where it could not be done. What Aurora answered with costs nothing more, `raw` costs 1 ' +
    'call.',
})

builder.mutationFields((t) => ({
  updateOrder: t.field(
    mutation({
      payload: OrderPayload,
      operation: 'updateOrder',
      description: 'Changes the members given of a consumer order. Costs 1 call.',
      args: {
        id: t.arg.id({ required: true, description: 'The order, by either id.' }),
        members: t.arg({
          type: 'JSON',
          required: true,
          description:
            "An object of members in Aurora's own names, passed on as it is: what can be changed is not publicly documented.",
        }),
      },
      async run({ id, members }, context) {
        const orderId = idOf('Order', id)
        assertObject(members, 'members')
        assertSomething(members)
        const answer = await context.write('updateOrder', { path: { order_id: orderId }, members })
        return context.loaders.object('order').refer(orderId, answer ?? {})
      },
    }),
  ),
  declineOrder: t.field(
    mutation({
      payload: OrderPayload,
      operation: 'declineOrder',
      description:
        'Turns a consumer order down. Costs 1 call. In which states Aurora lets that be done, and whether it can be undone, ' +
        'is not publicly documented: UNPROCESSABLE where not.',
      args: { id: t.arg.id({ required: true, description: 'The order, by either id.' }) },
      async run({ id }, context) {
        const orderId = idOf('Order', id)
        const answer = await context.write('declineOrder', { path: { order_id: orderId } })
        return context.loaders.object('order').refer(orderId, answer ?? {})
      },
    }),
  ),
}))
