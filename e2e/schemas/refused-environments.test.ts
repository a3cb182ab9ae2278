import { environments } from '../../operator/cluster/kinds.generated.ts';
import { describeRefused } from './refused.ts';
import { anApplication, anEnvironment } from './samples.ts';

const web = 'spec.applications[0]';
const probe = (readiness: object) => ({ applications: [anApplication({ readiness })] });
const application = (more: object) => ({ applications: [anApplication(more)] });
const emptySelector =
  'Invalid value: an empty selector would take every VM of the namespace: give matchLabels or matchExpressions';

describeRefused('an Environment is refused', environments, anEnvironment, [
  [
    'without applications',
    { applications: [] },
    'spec.applications: Invalid value: 0: spec.applications in body should have at least 1 items',
  ],
  [
    'with two applications of one name',
    { applications: [anApplication(), anApplication()] },
    'spec.applications[1]: Duplicate value: {"name":"web"}',
  ],
  [
    'with a name that is no label',
    application({ name: 'Web' }),
    `${web}.name: Invalid value: "Web": ${web}.name in body should match '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'`,
  ],
  [
    'with an application without VMs',
    { applications: [{ name: 'web' }] },
    `${web}.virtualMachines: Required value`,
  ],
  [
    'with an empty selector',
    application({ virtualMachines: {} }),
    `${web}.virtualMachines: ${emptySelector}`,
  ],
  [
    'with a selector of no labels',
    application({ virtualMachines: { matchLabels: {} } }),
    `${web}.virtualMachines: ${emptySelector}`,
  ],
  [
    'with a dependency twice',
    application({ dependsOn: ['db', 'db'] }),
    `${web}.dependsOn[1]: Duplicate value: "db"`,
  ],
  [
    'with a minReady of none',
    application({ minReady: 0 }),
    `${web}.minReady: Invalid value: 0: ${web}.minReady in body should be greater than or equal to 1`,
  ],
  [
    'with a probe that is not told',
    probe({ type: 'TCPSocket' }),
    `${web}.readiness: Invalid value: tcpSocket must be given for, and only for, type TCPSocket`,
  ],
  [
    'with a probe that is not used',
    probe({ exec: { command: ['true'] } }),
    `${web}.readiness: Invalid value: exec must be given for, and only for, type Exec`,
  ],
  [
    'with a port that is none',
    probe({ type: 'HTTPGet', httpGet: { port: 70000 } }),
    `${web}.readiness.httpGet.port: Invalid value: 70000: ${web}.readiness.httpGet.port in body should be less than or equal to 65535`,
  ],
  [
    'with a time before now',
    probe({ timeout: '-1s' }),
    `${web}.readiness.timeout: Invalid value: "-1s": ${web}.readiness.timeout in body should match '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$'`,
  ],
  [
    'with a readiness in CEL',
    probe({ cel: 'true' }),
    `${web}.readiness.cel: Forbidden: cel is not supported yet: use type TCPSocket, HTTPGet or Exec`,
  ],
  [
    'with a word that is no choice',
    { coLocated: 'Maybe' },
    'spec.coLocated: Unsupported value: "Maybe": supported values: "Reject", "StartTogether"',
  ],
  [
    'with a consistency that needs freezing',
    { capture: { consistency: 'Quiesced' } },
    'spec.capture.consistency: Forbidden: consistency must be BestEffort: GroupCrash and Quiesced come with freezing, which is not supported yet',
  ],
  [
    'with a schedule',
    { capture: { schedule: '@daily' } },
    'spec.capture.schedule: Forbidden: schedule is not supported yet: create an EnvironmentSnapshot, for example from a CronJob',
  ],
  [
    'with a retention',
    { capture: { retain: 3 } },
    'spec.capture.retain: Forbidden: retain is not supported yet: it comes with schedule; delete EnvironmentSnapshots that are no longer wanted',
  ],
  [
    'with a limit of skew',
    { capture: { maxSkew: '1s' } },
    'spec.capture.maxSkew: Forbidden: maxSkew is not supported yet: a capture reports its skew and never refuses for it',
  ],
  [
    'with a freeze timeout',
    { capture: { freezeTimeout: '8s' } },
    'spec.capture.freezeTimeout: Forbidden: freezeTimeout is not supported yet: guests are not frozen yet',
  ],
  [
    'with an interval of captures',
    { capture: { minInterval: '1m' } },
    'spec.capture.minInterval: Forbidden: minInterval is not supported yet: every clone of now makes a capture of its own',
  ],
  [
    'with image stores',
    { images: {} },
    'spec.images: Forbidden: images is not supported yet: captures are VolumeSnapshots only',
  ],
]);
