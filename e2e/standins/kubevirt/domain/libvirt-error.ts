/** Why libvirt refuses, as the launcher passes it on. */
export class LibvirtError extends Error {
  constructor(code: number, message: string) {
    super(`LibvirtError(Code=${code}, Domain=10, Message='${message}')`);
    this.name = 'LibvirtError';
  }
}
