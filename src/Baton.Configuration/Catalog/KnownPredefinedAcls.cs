// The ACLs that need no line of their own (manual of 3.4, chapter 7.4).
namespace Baton.Configuration.Catalog;

internal static class KnownPredefinedAcls
{
    private static KnownKeyword Row(string name, string arguments, string summary) =>
        new(KeywordFamily.PredefinedAcl, name, arguments, SectionKinds.Proxies, KeywordStatus.Refused, summary);

    internal static readonly KnownKeyword[] Rows =
    [
        Row("FALSE", "always_false", "never"),
        Row("HTTP", "req.proto_http", "HTTP was recognised"),
        Row("HTTP_1.0", "req.ver 1.0", "HTTP version is 1.0"),
        Row("HTTP_1.1", "req.ver 1.1", "HTTP version is 1.1"),
        Row("HTTP_2.0", "req.ver 2.0", "HTTP version is 2.0"),
        Row("HTTP_3.0", "req.ver 3.0", "HTTP version is 3.0"),
        Row("HTTP_CONTENT", "req.hdr_val(content-length) gt 0", "a body is announced"),
        Row("HTTP_URL_ABS", "url_reg ^[^/:]*://", "URI with scheme"),
        Row("HTTP_URL_SLASH", "url_beg /", "URI starts with a slash"),
        Row("HTTP_URL_STAR", "url *", "URI is a star"),
        Row("LOCALHOST", "src 127.0.0.1/8 ::1", "client is this machine"),
        Row("METH_CONNECT", "method CONNECT", "method is CONNECT"),
        Row("METH_DELETE", "method DELETE", "method is DELETE"),
        Row("METH_GET", "method GET HEAD", "method is GET or HEAD"),
        Row("METH_HEAD", "method HEAD", "method is HEAD"),
        Row("METH_OPTIONS", "method OPTIONS", "method is OPTIONS"),
        Row("METH_POST", "method POST", "method is POST"),
        Row("METH_PUT", "method PUT", "method is PUT"),
        Row("METH_TRACE", "method TRACE", "method is TRACE"),
        Row("RDP_COOKIE", "req.rdp_cookie_cnt gt 0", "an RDP cookie is present"),
        Row("REQ_CONTENT", "req.len gt 0", "request data is present"),
        Row("TRUE", "always_true", "always"),
        Row("WAIT_END", "wait_end", "inspection is over"),
    ];
}
