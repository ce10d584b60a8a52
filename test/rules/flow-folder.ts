import { type Files, systems } from './folder.ts';

/** A folder with rules that link what flows look at, and with one flow. */
export const withFlow = (text: string, more: Files = {}): Files => ({
  'systems.yaml': systems,
  'customer.yaml': 'entity: customer\nrules: [{id: customer, from: crm, to: erp, fields: [name]}]\n',
  'project.yaml': 'entity: project\nrules: [{id: project, from: erp, to: psa, fields: [name]}]\n',
  'timesheet.yaml': 'entity: timesheet\nrules: [{id: time, from: psa, to: erp, fields: [hours]}]\n',
  'flow.yaml': text,
  ...more,
});

/** A flow with everything it can say. */
export const full = `flow: time-to-bill
title: Approved time is billed
subject: { entity: timesheet, from: psa, known_in: erp }
when: { approval: [approved, submitted], billable: true }
where: hours > 0
again: [hours, project]
repeats: true
owner: finance
objects:
  project: { entity: project, of: subject, field: project, in: erp }
  contract: { entity: contract, of: project, field: contract, in: erp }
  line: { entity: timesheet, of: subject, in: erp }
  bookings: { entity: assignment, of: project, back: project, in: erp }
steps:
  - id: open
    require: { when: { status: active }, where: 'budget.isEmpty() || budget > subject.rate' }
    on: project
    only: { when: { billable: true }, where: line.hours > 0 }
    owner: delivery
    person: project.manager_email
    says: It is closed.
    remedy: Open it.
  - id: booked
    require: { where: worker == line.worker, quantity: any }
    on: bookings
    says: Not booked.
    remedy: Book it.
  - id: there
    deliver: { to: erp }
    within: 90m
  - id: drafted
    call:
      action: make-draft-invoice
      with:
        until: { field: subject.day }
        name: { field: number }
        note: { expression: 'project.name + " " + number' }
        mode: { constant: all }
      timing: { window: "0 2 * * *", minutes: 60 }
    on: contract
    within: 0d
    after: subject.day
  - id: billed
    await: { where: '!invoice.isEmpty() && today > day' }
    on: line
    within: 35d
    says: Not billed.
    remedy: Bill it.
`;
