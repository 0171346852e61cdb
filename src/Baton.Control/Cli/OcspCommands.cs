// show and set ssl ocsp-response, show ssl providers: what authorities say of certificates, and what OpenSSL has loaded.
using System;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Model;
using Baton.Engine.OcspUpdates;
using Baton.Engine.Tls;
using Baton.Http.Certificates;

namespace Baton.Control.Cli;

internal static class OcspCommands
{
    /// <summary>Those of certificates that are there, each once, with the certificates it is for.</summary>
    private static SortedDictionary<string, (OcspStaple Staple, List<string> Names)> Staples(CertificateStore store)
    {
        var all = new SortedDictionary<string, (OcspStaple, List<string> Names)>(StringComparer.Ordinal);
        foreach (CertificateBundle? bundle in store.Bundles.Values)
            // one that is kept fresh may have nothing yet
            if (bundle?.Staple is { } staple && (staple.Response is not null || !store.IsUpdated(bundle.Name)))
            {
                if (!all.ContainsKey(staple.Key))
                    all[staple.Key] = (staple, []);
                all[staple.Key].Names.Add(bundle.Name);
            }
        return all;
    }

    private static void Show(CliRequest r) => CertificateCommands.With(r, (store, changes) =>
        {
            SortedDictionary<string, (OcspStaple Staple, List<string> Names)> all = Staples(store);
            if (r[3].Length == 0)
            {
                // COMPAT: nothing at all where there is none
                if (all.Count > 0)
                    r.Line("# Certificate IDs");
                foreach ((string key, (OcspStaple staple, List<string> names)) in all)
                    Describe(r, key, staple, names);
                return;
            }
            bool hasFormat = r[3] is "text" or "base64" && r[4].Length > 0;
            string id = r[hasFormat ? 4 : 3];
            OcspStaple? found = all.TryGetValue(id, out (OcspStaple Staple, List<string>) known) ? known.Staple : null;
            foreach ((OcspStaple staple, List<string> names) in all.Values)
                if (names.Contains(id))
                    found = staple;
            if (found is null)
                r.Fail("Certificate ID does not match any certificate.");
            else if (found.Response is { } response)
                // COMPAT: an empty line ends an answer
                r.Answer.Append(
                    hasFormat && r[3] == "base64"
                        ? Convert.ToBase64String(response.Der) + "\n"
                        : response.Describe().Replace("\n\n", "\n \n", StringComparison.Ordinal)
                );
        });

    private static void Describe(CliRequest r, string key, OcspStaple staple, List<string> names)
    {
        r.Line($"Certificate ID key : {key}");
        foreach (string name in names)
            r.Line($"Certificate path : {name}");
        if (
            !CertificateId.TryRead(
                staple.Id,
                out ReadOnlySpan<byte> nameHash,
                out ReadOnlySpan<byte> keyHash,
                out ReadOnlySpan<byte> serial
            )
        )
            return;
        r.Line(" Certificate ID:");
        r.Line("   Issuer Name Hash: " + Convert.ToHexString(nameHash));
        r.Line("   Issuer Key Hash: " + Convert.ToHexString(keyHash));
        r.Line("   Serial Number: " + CertificateText.Serial(serial));
    }

    private static void Set(CliRequest r) => CertificateCommands.With(r, (store, changes) =>
        {
            byte[] text = r.Payload?.ToArray() ?? Encoding.ASCII.GetBytes(r[3]);
            if (text.Length == 0)
            {
                r.Fail("'set ssl ocsp-response' expects response in base64 encoding.");
                return;
            }
            if (CertificateCommands.FromBase64(text) is not { } der)
            {
                r.Fail("'set ssl ocsp-response' received invalid base64 encoded response.");
                return;
            }
            if (OcspResponse.Parse(der, out string error) is not { } response)
            {
                r.Fail(error.TrimEnd('.') + ".");
                return;
            }
            foreach ((OcspStaple staple, _) in Staples(store).Values)
                if (CertificateId.AreEqual(staple.Id, response.Id))
                {
                    staple.Put(response);
                    r.Line("OCSP Response updated!");
                    return;
                }
            r.Fail("OCSP single response: Certificate ID does not match any certificate or issuer.");
        });

    private static void ShowProviders(CliRequest r) => CertificateCommands.With(r, (_, _) =>
        {
            r.Line("Loaded providers : ");
            foreach (string name in ProviderNames.All())
                r.Line($"\t- {name}");
        });

    private static string Date(long seconds) =>
        seconds == 0
            ? "-"
            : DateTimeOffset
                .FromUnixTimeSeconds(seconds)
                .ToString("dd/MMM/yyyy:HH:mm:ss +0000", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>COMPAT: HAProxy's columns.</summary>
    private static void ShowUpdates(CliRequest r)
    {
        const string columns =
            "OCSP Certid | Path | Next Update | Last Update | Successes | Failures | Last Update Status | Last Update Status (str)";
        r.Line(columns);
        OcspUpdater updater = r.Engine.OcspUpdater;
        foreach (CertificateBundle bundle in updater.Certificates())
        {
            OcspUpdate u = updater.Of(bundle.Staple!);
            r.Line(
                string.Create(
                    System.Globalization.CultureInfo.InvariantCulture,
                    $"{bundle.Staple!.Key} | {bundle.Name} | {Date(u.NextAt)} | {Date(u.LastAt)} | {u.Successes} | {u.Failures} | "
                        + $"{(int)u.Status} | {OcspUpdate.Text(u.Status)}"
                )
            );
        }
    }

    /// <summary>Asks the responder now, and answers with what it says.</summary>
    private static void Update(CliRequest r) => CertificateCommands.With(r, (store, changes) =>
        {
            if (r[3].Length == 0)
            {
                r.Fail("'update ssl ocsp-response' expects a filename");
                return;
            }
            if (!store.Bundles.TryGetValue(r[3], out CertificateBundle? bundle) || bundle is null)
            {
                r.Fail("'update ssl ocsp-response' : unknown certificate.");
                return;
            }
            if (bundle.Staple is null)
            {
                r.Fail("'update ssl ocsp-response' only works on certificates that already have a known OCSP response.");
                return;
            }
            CertificateView.TryRead(bundle.Leaf, out CertificateView leaf);
            if (ResponderAddress.Of(leaf) is null)
            {
                r.Fail("'update ssl ocsp-response' : the certificate names no responder.");
                return;
            }
            r.Suspend();
            OcspUpdater updater = r.Engine.OcspUpdater;
            r.Engine.Workers[0].Post(_ => updater.Ask(bundle, status => r.Home!.Post(_ => Tell(r, bundle, status))));
        });

    private static void Tell(CliRequest r, CertificateBundle bundle, OcspUpdateStatus status)
    {
        if (status != OcspUpdateStatus.Updated)
            r.Fail($"'update ssl ocsp-response' : {OcspUpdate.Text(status)}.");
        else if (bundle.Staple?.Response is { } response)
            r.Answer.Append(response.Describe().Replace("\n\n", "\n \n", StringComparison.Ordinal));
        r.Resume();
    }

    internal static readonly CliCommand[] Rows =
    [
        new("show ssl ocsp-updates", "", CliLevel.User, "when responses were and will be fetched", ShowUpdates),
        new("update ssl ocsp-response", "<file>", CliLevel.Admin, "fetch what an authority says of a certificate now", Update),
        new("show ssl ocsp-response", "[[text|base64] <id|file>]", CliLevel.User, "what authorities say of certificates", Show),
        new("set ssl ocsp-response", "<response|payload>", CliLevel.Admin, "replace what an authority says of a certificate", Set),
        new("show ssl providers", "", CliLevel.User, "what OpenSSL has loaded", ShowProviders),
    ];
}
