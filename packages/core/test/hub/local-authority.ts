import { generateKeyPairSync } from 'node:crypto'
import forge from 'node-forge'

/** A certificate authority of the test's own, which no machine trusts. */
export interface LocalAuthority {
  /** PEM. */
  readonly certificate: string
  /** What a server shows that is called by this name. @param days it is good for; negative: it has expired */
  issue(host: string, days?: number): { readonly key: string; readonly cert: string }
}

export function createAuthority(): LocalAuthority {
  const keys = newKeys()
  const name = [{ name: 'commonName', value: 'Hubgate test authority' }]
  const own = certify({ keys, subject: name, issuer: name, signer: keys, days: 30 }, [
    { name: 'basicConstraints', cA: true },
    { name: 'keyUsage', keyCertSign: true },
  ])
  return {
    certificate: own,
    issue(host, days = 30) {
      const subject = [{ name: 'commonName', value: host }]
      const ownKeys = newKeys()
      const isAddress = /^[\d.:]+$/.test(host)
      const cert = certify({ keys: ownKeys, subject, issuer: name, signer: keys, days }, [
        { name: 'subjectAltName', altNames: [isAddress ? { type: 7, ip: host } : { type: 2, value: host }] },
      ])
      return { key: ownKeys.privatePem, cert }
    },
  }
}

interface Keys {
  readonly privatePem: string
  readonly private: forge.pki.rsa.PrivateKey
  readonly public: forge.pki.rsa.PublicKey
}

interface Statement {
  readonly keys: Keys
  readonly subject: forge.pki.CertificateField[]
  readonly issuer: forge.pki.CertificateField[]
  readonly signer: Keys
  readonly days: number
}

function certify({ keys, subject, issuer, signer, days }: Statement, extensions: object[]): string {
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = keys.public
  certificate.serialNumber = `0${Math.floor(Math.random() * 1e15).toString(16)}`
  certificate.validity.notBefore = new Date(Date.now() - 60 * 86_400_000)
  certificate.validity.notAfter = new Date(Date.now() + days * 86_400_000)
  certificate.setSubject(subject)
  certificate.setIssuer(issuer)
  certificate.setExtensions(extensions)
  certificate.sign(signer.private, forge.md.sha256.create())
  return forge.pki.certificateToPem(certificate)
}

/** Made by Node, whose keys are ready in a moment. */
function newKeys(): Keys {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return {
    privatePem: privateKey,
    private: forge.pki.privateKeyFromPem(privateKey),
    public: forge.pki.publicKeyFromPem(publicKey),
  }
}
