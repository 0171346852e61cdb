// The ACLs that need no line of their own (manual 7.4), each as the line it stands for.
using System.Collections.Generic;

namespace Baton.Configuration.Expressions;

public static class PredefinedAcls
{
    /// <summary>Criterion and patterns by name.</summary>
    internal static readonly Dictionary<string, string> Texts = new()
    {
        ["TRUE"] = "always_true",
        ["FALSE"] = "always_false",
        ["LOCALHOST"] = "src 127.0.0.1/8 ::1",
        ["HTTP"] = "req.proto_http",
        ["METH_GET"] = "method GET HEAD",
        ["METH_HEAD"] = "method HEAD",
        ["METH_POST"] = "method POST",
        ["METH_PUT"] = "method PUT",
        ["METH_DELETE"] = "method DELETE",
        ["METH_OPTIONS"] = "method OPTIONS",
        ["METH_TRACE"] = "method TRACE",
        ["METH_CONNECT"] = "method CONNECT",
        ["HTTP_1.0"] = "req.ver 1.0",
        ["HTTP_1.1"] = "req.ver 1.1",
        ["HTTP_2.0"] = "req.ver 2.0",
        ["HTTP_3.0"] = "req.ver 3.0",
        ["HTTP_CONTENT"] = "req.hdr_val(content-length) gt 0",
        ["HTTP_URL_ABS"] = "url_reg ^[^/:]*://",
        ["HTTP_URL_SLASH"] = "url_beg /",
        ["HTTP_URL_STAR"] = "url *",
        ["REQ_CONTENT"] = "req.len gt 0",
        ["RDP_COOKIE"] = "req.rdp_cookie_cnt gt 0",
        ["WAIT_END"] = "wait_end",
    };

    public static IEnumerable<string> Names => Texts.Keys;
}
