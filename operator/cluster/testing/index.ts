export { loopbackCertificate } from './certificate.ts';
export { FakeClock, hurriedClock, settled } from './clocks.ts';
export { type Connected, connectedTo } from './connected.ts';
export { FakeApi, type Widget, widgets } from './fake-api.ts';
export {
  HttpServer,
  type ReceivedRequest,
  type RequestHandler,
  sendJson,
  sendStatus,
  statusOf,
} from './http-server.ts';
export { type TemporaryKubeconfig, temporaryKubeconfig } from './kubeconfig.ts';
