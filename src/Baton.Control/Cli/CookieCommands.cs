// enable, disable and set: dynamic cookies of a backend, made from a key and a server's address.
using System;
using Baton.Configuration.Model;
using Baton.Engine.Proxies;

namespace Baton.Control.Cli;

internal static class CookieCommands
{
    private static void Change(CliRequest r, Action<BackendState> change)
    {
        if (r[3].Length == 0)
        {
            r.Fail("A backend name is expected.");
            return;
        }
        if (r.FindBackend(r[3]) is not { } backend)
        {
            r.Fail("No such backend.");
            return;
        }
        change(backend);
    }

    private static void SetKey(CliRequest r) => Change(r, b =>
        {
            if (r[4].Length == 0)
            {
                r.Fail("String value expected.");
                return;
            }
            b.SetDynamicCookies(b.HasDynamicCookies, r[4]);
        });

    internal static readonly CliCommand[] Rows =
    [
        new("enable dynamic-cookie backend", "<bk>", CliLevel.Admin, "give servers cookies made from their addresses", r =>
            Change(r, b => b.SetDynamicCookies(true, b.DynamicCookieKey))
        ),
        new("disable dynamic-cookie backend", "<bk>", CliLevel.Admin, "take those cookies away", r =>
            Change(r, b => b.SetDynamicCookies(false, b.DynamicCookieKey))
        ),
        new("set dynamic-cookie-key backend", "<bk> <key>", CliLevel.Admin, "change the key they are made with", SetKey),
    ];
}
