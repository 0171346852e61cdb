// Options of "load" in a crt-store, also usable in crt-list files (manual of 3.4, chapter 12.7.1).
namespace Baton.Configuration.Catalog;

internal static class CertificateKeywords
{
    private static KnownKeyword Row(
        string name,
        string arguments,
        KeywordStatus status,
        string summary,
        bool negatable = false,
        string? advice = null
    ) =>
        new(KeywordFamily.CertificateOption, name, arguments, SectionKinds.CrtStore | SectionKinds.Frontends, status, summary)
        {
            Negatable = negatable,
            Advice = advice,
        };

    internal static readonly KnownKeyword[] Rows =
    [
        Row("acme", "name", KeywordStatus.Refused, "acme section that renews the certificate"),
        Row("alias", "name", KeywordStatus.Refused, "other name of the certificate"),
        Row("bits", "number", KeywordStatus.Refused, "size of a generated RSA key"),
        Row("crt", "file", KeywordStatus.Refused, "certificate file"),
        Row("curves", "name", KeywordStatus.Refused, "curve of a generated ECDSA key"),
        Row("domains", "name[,...]", KeywordStatus.Refused, "host names asked of the authority"),
        Row("generate-dummy", "on/off", KeywordStatus.Refused, "makes a self-signed certificate"),
        Row("ips", "address[,...]", KeywordStatus.Refused, "addresses asked of the authority"),
        Row("issuer", "file", KeywordStatus.Refused, "issuer of the OCSP response"),
        Row("jwt", "on/off", KeywordStatus.Refused, "permits the certificate for verifying tokens"),
        Row("key", "file", KeywordStatus.Refused, "private key file"),
        Row("keytype", "RSA/ECDSA", KeywordStatus.Refused, "kind of a generated key"),
        Row("ocsp", "file", KeywordStatus.Refused, "OCSP response"),
        Row("ocsp-update", "on/off", KeywordStatus.Refused, "whether the OCSP response is kept fresh"),
        Row("sctl", "file", KeywordStatus.Refused, "certificate transparency timestamps"),
    ];
}
