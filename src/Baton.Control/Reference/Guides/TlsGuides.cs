// "baton help" for the words of TLS.
using Baton.Configuration.Catalog;

namespace Baton.Control.Reference.Guides;

internal static class TlsGuides
{
    private static KeywordGuide Global(string name, string example, params (string Word, string Says)[] arguments) =>
        new(KeywordFamily.Directive, name, example, arguments) { Section = SectionKinds.Global };

    private static KeywordGuide Bind(string name, string example, params (string Word, string Says)[] arguments) =>
        new(KeywordFamily.BindOption, name, "bind :443 ssl crt site.pem " + example, arguments);

    private static KeywordGuide Server(string name, string example, params (string Word, string Says)[] arguments) =>
        new(KeywordFamily.ServerOption, name, "server one 10.0.0.1:443 ssl verify none " + example, arguments);

    private static readonly (string Word, string Says) s_version = ("version", "SSLv3, TLSv1.0, TLSv1.1, TLSv1.2 or TLSv1.3");

    private static readonly (string Word, string Says) s_errors = ("all/error[,...]", "OpenSSL's numbers of verification errors");

    internal static readonly KeywordGuide[] Rows =
    [
        Bind("allow-0rtt", "allow-0rtt"),
        Server("allow-0rtt", "ssl ca-file ca.pem allow-0rtt"),
        Server("no-renegotiate", "no-renegotiate"),
        Server("sni-auto", "sni-auto"),
        Server("no-sni-auto", "no-sni-auto"),
        Global("ca-base", "ca-base /etc/ssl/certs"),
        Global("crt-base", "crt-base /etc/ssl/private"),
        Global("key-base", "key-base /etc/ssl/private", ("directory", "of keys that \"load\" lines of crt-stores name")),
        new(
            KeywordFamily.Directive,
            "ssl-f-use",
            "ssl-f-use crt site.pem ssl-min-ver TLSv1.2",
            [
                ("crt file", "a certificate of those bind lines with ssl that name none"),
                ("options", "what a line of a crt-list can say between brackets"),
            ]
        ),
        Global("issuers-chain-path", "issuers-chain-path /etc"),
        Global("maxsslconn", "maxsslconn 10000", ("number", "TLS connections of clients and to servers together; 0 for no limit")),
        Global("maxsslrate", "maxsslrate 500", ("number", "TLS connections of clients in a second; 0 for no limit")),
        Global(
            "httpclient.resolvers.id",
            "httpclient.resolvers.id default",
            ("name", "names of OCSP responders are asked of that resolvers section")
        ),
        Global("httpclient.resolvers.prefer", "httpclient.resolvers.prefer ipv4", ("ipv4/ipv6", "the family that is asked for first")),
        Global("ocsp-update.disable", "ocsp-update.disable on", ("on/off", "on: no response is fetched, whatever other lines say")),
        Global("ocsp-update.httpproxy", "ocsp-update.httpproxy 10.0.0.8:3128", ("address", "who is asked in the place of responders")),
        Global("ocsp-update.maxdelay", "ocsp-update.maxdelay 3600", ("seconds", "at the latest then a response is asked for again")),
        Global("ocsp-update.mindelay", "ocsp-update.mindelay 300", ("seconds", "at the earliest then a response is asked for again")),
        Global("ocsp-update.mode", "ocsp-update.mode on", ("on/off", "for certificates whose line says nothing of it")),
        Global("tune.ssl.ocsp-update.maxdelay", "tune.ssl.ocsp-update.maxdelay 3600", ("seconds", "the same as ocsp-update.maxdelay")),
        Global("tune.ssl.ocsp-update.mindelay", "tune.ssl.ocsp-update.mindelay 300", ("seconds", "the same as ocsp-update.mindelay")),
        Bind("ocsp-update", "ocsp-update on", ("on/off", "what authorities say of its certificates is fetched and kept fresh")),
        Global("ssl-propquery", "ssl-propquery ?fips=yes", ("query", "what OpenSSL's algorithms must have, as it writes it")),
        Global("ssl-provider", "ssl-provider default", ("name", "loaded in the order of the lines; the default one too, then")),
        Global("ssl-provider-path", "ssl-provider-path /usr/lib/ossl-modules", ("directory", "where providers are looked for")),
        Global("ssl-security-level", "ssl-security-level 2", ("level", "0 to 5: what OpenSSL demands of keys and ciphers")),
        Global("ssl-skip-self-issued-ca", "ssl-skip-self-issued-ca"),
        Global(
            "tune.ssl.capture-buffer-size",
            "tune.ssl.capture-buffer-size 200",
            ("size", "bytes of a greeting that are kept; 0 for none")
        ),
        Global(
            "tune.ssl.cachesize",
            "tune.ssl.cachesize 50000",
            ("number", "blocks of 256 bytes, of which a session takes one, or more with certificates of clients; 0 for no cache")
        ),
        Global("tune.ssl.force-private-cache", "tune.ssl.force-private-cache"),
        Global("tune.ssl.capture-cipherlist-size", "tune.ssl.capture-cipherlist-size 200", ("size", "the same, by its older name")),
        Global("tune.ssl.keylog", "tune.ssl.keylog on", ("on/off", "fetches can have the secrets of connections")),
        Global("tune.ssl.keyupdate-rate-limit", "tune.ssl.keyupdate-rate-limit 100", ("number", "in a second; 0 for no limit")),
        Global("ssl-default-bind-ciphers", "ssl-default-bind-ciphers ECDHE+AESGCM:ECDHE+CHACHA20"),
        Global("ssl-default-bind-ciphersuites", "ssl-default-bind-ciphersuites TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256"),
        Global("ssl-default-bind-client-sigalgs", "ssl-default-bind-client-sigalgs ECDSA+SHA256:RSA-PSS+SHA256"),
        Global("ssl-default-bind-curves", "ssl-default-bind-curves X25519:P-256"),
        Global(
            "ssl-default-bind-options",
            "ssl-default-bind-options ssl-min-ver TLSv1.2 no-tls-tickets",
            ("option...", "ssl-min-ver, ssl-max-ver, force-*, no-sslv3 to no-tlsv13, no-tls-tickets, prefer-client-ciphers")
        ),
        Global("ssl-default-bind-sigalgs", "ssl-default-bind-sigalgs ECDSA+SHA256:RSA-PSS+SHA256"),
        Global("ssl-default-server-ciphers", "ssl-default-server-ciphers ECDHE+AESGCM"),
        Global("ssl-default-server-ciphersuites", "ssl-default-server-ciphersuites TLS_AES_128_GCM_SHA256"),
        Global("ssl-default-server-client-sigalgs", "ssl-default-server-client-sigalgs ECDSA+SHA256"),
        Global("ssl-default-server-curves", "ssl-default-server-curves X25519:P-256"),
        Global(
            "ssl-default-server-options",
            "ssl-default-server-options ssl-min-ver TLSv1.2",
            ("option...", "ssl-min-ver, ssl-max-ver, force-*, no-sslv3 to no-tlsv13, no-tls-tickets")
        ),
        Global("ssl-default-server-sigalgs", "ssl-default-server-sigalgs ECDSA+SHA256:RSA-PSS+SHA256"),
        Global(
            "ssl-server-verify",
            "ssl-server-verify none",
            ("none", "servers are believed unless their line says otherwise"),
            ("required", "they are not, which is so without the line")
        ),
        Global("ssl-dh-param-file", "ssl-dh-param-file /etc/ssl/dhparams.pem"),
        Global("ssl-load-extra-del-ext", "ssl-load-extra-del-ext"),
        Global(
            "ssl-load-extra-files",
            "ssl-load-extra-files key ocsp",
            ("bundle", "one name's certificates of several kinds: .rsa, .ecdsa, .dsa"),
            ("key", "the private key: .key"),
            ("ocsp", "the authority's word that it is not revoked: .ocsp"),
            ("sctl", "timestamps of certificate transparency: .sctl"),
            ("issuer", "the certificate above it: .issuer"),
            ("all/none", "all of them, or none")
        ),
        Global(
            "tune.ssl.default-dh-param",
            "tune.ssl.default-dh-param 2048",
            ("bits", "at least 1024; the next known group below is used")
        ),
        Global("tune.ssl.hard-maxrecord", "tune.ssl.hard-maxrecord 4096", ("number", "0 for no limit but the protocol's, 16384")),
        Global("tune.ssl.lifetime", "tune.ssl.lifetime 600"),
        Global("tune.ssl.ssl-ctx-cache-size", "tune.ssl.ssl-ctx-cache-size 5000", ("number", "0: one is made for each handshake")),
        Global(
            "tune.ssl.maxrecord",
            "tune.ssl.maxrecord 1419",
            ("number", "for the first 64 KB, and after each second of silence; 0: Baton decides")
        ),
        Bind("alpn", "alpn http/1.1", ("protocol,...", "in the order in which we want them")),
        Bind("ca-file", "ca-file clients.pem verify required", ("file", "or a directory, or @system-ca for what the system believes")),
        Bind("ca-ignore-err", "ca-file clients.pem verify optional ca-ignore-err all", s_errors),
        Bind(
            "ca-sign-file",
            "generate-certificates ca-sign-file /etc/ssl/signing.pem",
            ("file", "PEM: an authority's certificate and its private key")
        ),
        Bind("ca-sign-pass", "generate-certificates ca-sign-file /etc/ssl/signing.pem ca-sign-pass secret"),
        Bind("ca-verify-file", "ca-verify-file root.pem ca-file named.pem verify required"),
        Bind("ciphers", "ciphers ECDHE+AESGCM"),
        Bind("ciphersuites", "ciphersuites TLS_AES_128_GCM_SHA256"),
        Bind("client-sigalgs", "client-sigalgs ECDSA+SHA256"),
        Bind("crl-file", "ca-file clients.pem crl-file revoked.pem verify required"),
        Bind("crt", "crt /etc/ssl/sites", ("file/directory", "PEM: certificate, those above it, private key; all files of a directory")),
        Bind("crt-ignore-err", "ca-file clients.pem verify optional crt-ignore-err 10", s_errors),
        Bind("crt-list", "crt-list /etc/ssl/list", ("file", "a line for each: FILE [options] names, of which !name is left out")),
        Bind("curves", "curves X25519:P-256"),
        Bind("default-crt", "default-crt fallback.pem"),
        Bind("ecdhe", "ecdhe P-256"),
        Bind("force-sslv3", "force-sslv3"),
        Bind("force-tlsv10", "force-tlsv10"),
        Bind("force-tlsv11", "force-tlsv11"),
        Bind("force-tlsv12", "force-tlsv12"),
        Bind("force-tlsv13", "force-tlsv13"),
        Bind("no-alpn", "no-alpn"),
        Bind("no-ca-names", "ca-file clients.pem verify optional no-ca-names"),
        Bind("no-sslv3", "no-sslv3"),
        Bind("no-strict-sni", "no-strict-sni"),
        Bind("no-tls-tickets", "no-tls-tickets"),
        Bind("no-tlsv10", "no-tlsv10"),
        Bind("no-tlsv11", "no-tlsv11"),
        Bind("no-tlsv12", "no-tlsv12"),
        Bind("no-tlsv13", "no-tlsv13"),
        Bind("prefer-client-ciphers", "prefer-client-ciphers"),
        Bind("sigalgs", "sigalgs ECDSA+SHA256:RSA-PSS+SHA256"),
        Bind("ssl", "alpn http/1.1"),
        Bind("ssl-max-ver", "ssl-max-ver TLSv1.3", s_version),
        Bind("ssl-min-ver", "ssl-min-ver TLSv1.2", s_version),
        Bind("generate-certificates", "generate-certificates ca-sign-file /etc/ssl/signing.pem"),
        Bind("strict-sni", "strict-sni"),
        Bind("tls-ticket-keys", "tls-ticket-keys keys", ("file", "three keys or more in base64, a line each; the last but one is used")),
        Bind("tls-tickets", "tls-tickets"),
        Bind(
            "verify",
            "ca-file clients.pem verify optional",
            ("none", "clients are not asked"),
            ("optional", "they are asked, and may have none"),
            ("required", "they must have one")
        ),
        Server("alpn", "alpn http/1.1"),
        Server("ca-file", "ca-file @system-ca", ("file", "or a directory, or @system-ca for what the system believes")),
        Server("ciphers", "ciphers ECDHE+AESGCM"),
        Server("ciphersuites", "ciphersuites TLS_AES_128_GCM_SHA256"),
        Server("client-sigalgs", "client-sigalgs ECDSA+SHA256"),
        Server("crl-file", "ca-file servers.pem crl-file revoked.pem"),
        Server("crt", "crt ours.pem", ("file", "PEM: the certificate we show, those above it, its private key")),
        Server("curves", "curves X25519:P-256"),
        Server("force-sslv3", "force-sslv3"),
        Server("force-tlsv10", "force-tlsv10"),
        Server("force-tlsv11", "force-tlsv11"),
        Server("force-tlsv12", "force-tlsv12"),
        Server("force-tlsv13", "force-tlsv13"),
        Server("no-ssl-reuse", "no-ssl-reuse"),
        Server("no-sslv3", "no-sslv3"),
        Server("no-tls-tickets", "no-tls-tickets"),
        Server("no-tlsv10", "no-tlsv10"),
        Server("no-tlsv11", "no-tlsv11"),
        Server("no-tlsv12", "no-tlsv12"),
        Server("no-tlsv13", "no-tlsv13"),
        Server("sigalgs", "sigalgs ECDSA+SHA256:RSA-PSS+SHA256"),
        Server("sni", "sni req.hdr(host)", ("expression", "the name asked for, found out for each connection")),
        Server("ssl", "sni str(one.example)"),
        Server("ssl-max-ver", "ssl-max-ver TLSv1.3", s_version),
        Server("ssl-min-ver", "ssl-min-ver TLSv1.2", s_version),
        Server("ssl-reuse", "ssl-reuse"),
        Server("tls-tickets", "tls-tickets"),
        Server(
            "verify",
            "ca-file servers.pem verify required",
            ("none", "whatever the server shows is believed"),
            ("required", "it must come from ca-file, and carry the name that sni or verifyhost says")
        ),
        Server("verifyhost", "ca-file servers.pem verify required verifyhost one.example"),
    ];
}
