// show tls-keys and set ssl tls-key: the keys of session tickets that files give.
using System;
using System.Collections.Generic;
using System.Globalization;
using Baton.Configuration.Model;
using Baton.Engine.Tls;

namespace Baton.Control.Cli;

internal static class TicketKeyCommands
{
    /// <summary>By "#id" or by the file's name.</summary>
    private static TicketKeyRing? Find(CertificateStore store, string name)
    {
        List<TicketKeyRing> all = store.TicketFiles;
        return name.StartsWith('#') && int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int id)
            ? id < all.Count
                ? all[id]
                : null
            : all.Find(k => k.File == name);
    }

    private static void Show(CliRequest r) => CertificateCommands.With(r, (store, _) =>
        {
            bool all = r[2] is "" or "*";
            TicketKeyRing? one = all ? null : Find(store, r[2]);
            if (!all && one is null)
            {
                r.Fail("'show tls-keys' unable to locate referenced filename");
                return;
            }
            bool secrets = r[2].Length > 0;
            // the manual's levels would show secrets to whoever may look at statistics
            if (secrets && r.Level < CliLevel.Admin)
            {
                r.Feedback(6, "Permission denied");
                return;
            }
            r.Line(secrets ? "# id secret" : "# id (file)");
            for (int id = 0; id < store.TicketFiles.Count; id++)
            {
                TicketKeyRing keys = store.TicketFiles[id];
                if (one is not null && keys != one)
                    continue;
                r.Line($"{(secrets ? "# " : "")}{id} ({keys.File})");
                for (int i = 0; secrets && i < keys.Keys.Count; i++)
                    r.Line($"{id}.{i} {Convert.ToBase64String(keys.Keys[i])}");
            }
        });

    private static void Set(CliRequest r) => CertificateCommands.With(r, (store, _) =>
        {
            if (r[3].Length == 0 || r[4].Length == 0)
                r.Fail("'set ssl tls-key' expects a filename and the new TLS key in base64 encoding.");
            else if (Find(store, r[3]) is not { } keys)
                r.Fail("'set ssl tls-key' unable to locate referenced filename");
            else if (TicketKeyRing.Decode(r[4]) is not { } key)
                r.Fail("'set ssl tls-key' received invalid base64 encoded TLS key.");
            else if (!keys.Add(key))
                r.Fail("'set ssl tls-key' received a key of wrong size.");
            else
                r.Line("TLS ticket key updated!");
        });

    internal static readonly CliCommand[] Rows =
    [
        new("show tls-keys", "[id|file|*]", CliLevel.User, "files of ticket keys; for admins the keys", Show),
        new("set ssl tls-key", "[id|file] <key>", CliLevel.Admin, "give tickets a new key: the one before seals, this one opens", Set),
    ];
}
