// show, new, set, commit, abort, del and dump ssl cert: certificates while the process runs. A change is put together by "set" and takes
// its place whole by "commit"; handshakes that begin then get it.
using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using System.Text;
using Baton.Configuration.Model;
using Baton.Engine.Build;
using Baton.Engine.Tls;
using Baton.Http.Certificates;

namespace Baton.Control.Cli;

internal static class CertificateCommands
{
    private const string NoTls = "TLS is not available: OpenSSL 3 is not installed.";

    /// <summary>Does it with all certificates, alone. Answers when there is no OpenSSL.</summary>
    internal static void With(CliRequest r, Action<CertificateStore, CertificateChanges> action)
    {
        if (r.Engine.OpenCertificates() is not { } store)
        {
            r.Fail(NoTls);
            return;
        }
        lock (store.Lock)
            action(store, new CertificateChanges(r.Engine, store));
        // a key must not lie about any longer than it takes
        r.Payload?.Wipe();
    }

    private static void Show(CliRequest r) => With(r, (store, changes) =>
        {
            string name = r[3];
            if (name.Length == 0)
            {
                if (store.PendingCertificate is { } begun)
                    r.Line($"# transaction\n*{begun.Name}");
                r.Line("# filename");
                foreach (string one in store.Bundles.Keys)
                    r.Line(one);
                return;
            }
            if (name[0] == '*' && store.PendingCertificate is { } pending && pending.Name == name[1..])
                Describe(r, name, pending.Leaf is null ? "Empty" : "Unused", pending.Leaf, pending.Chain, "");
            else if (store.Bundles.TryGetValue(name, out CertificateBundle? bundle))
            {
                string status =
                    bundle is null ? "Empty"
                    : changes.IsUsed(name) ? "Used"
                    : "Unused";
                Describe(r, name, status, bundle?.Leaf, bundle?.Chain ?? [], bundle?.Staple?.Key ?? "");
            }
            else
                r.Fail("Can't display the certificate: Not found or the certificate is a bundle!");
        });

    private static void Describe(CliRequest r, string name, string status, byte[]? leaf, byte[][] chain, string ocsp)
    {
        r.Line($"Filename: {name}\nStatus: {status}");
        if (leaf is not null)
            CertificateText.Describe(r.Answer, leaf);
        foreach (byte[] der in chain)
            if (CertificateView.TryRead(der, out CertificateView view))
                r.Line($"Chain Subject: {CertificateText.Name(view.Subject)}\nChain Issuer: {CertificateText.Name(view.Issuer)}");
        r.Line($"OCSP Response Key: {ocsp}");
    }

    private static void New(CliRequest r) => With(r, (store, _) =>
        {
            if (r[3].Length == 0)
                r.Fail("'new ssl cert' expects a filename");
            else if (store.Bundles.ContainsKey(r[3]))
                r.Fail($"Certificate '{r[3]}' already exists!");
            else
            {
                store.Put(r[3], null);
                r.Line($"New empty certificate store '{r[3]}'!");
            }
        });

    /// <summary>Which part of a certificate a name means: "site.pem.key".</summary>
    private static string PartOf(CertificateStore store, string name, out string part)
    {
        part = "";
        if (store.Bundles.ContainsKey(name))
            return name;
        foreach (string extension in s_parts)
            if (name.EndsWith(extension, StringComparison.Ordinal) && name[..^extension.Length] is { } stem)
            {
                part = extension;
                bool replaces = store.Global.ExtraFilesReplaceExtension && store.Bundles.ContainsKey(stem + ".crt");
                return replaces ? stem + ".crt" : stem;
            }
        return name;
    }

    private static readonly string[] s_parts = [".key", ".ocsp", ".issuer", ".sctl"];

    private static void Set(CliRequest r) => With(r, (store, _) =>
        {
            if (r[3].Length == 0 || r.Payload is not { Length: > 0 } payload)
            {
                r.Fail("'set ssl cert expects a filename and a certificate as a payload");
                return;
            }
            string name = PartOf(store, r[3], out string part),
                error = "";
            CertificateDraft? begun = store.PendingCertificate;
            if (begun is not null && begun.Name != name)
                error = $"The ongoing transaction is about '{begun.Name}' but you are trying to set '{name}'";
            else if (!store.Bundles.ContainsKey(name))
                error = "Can't replace a certificate which is not referenced by the configuration!";
            if (error.Length > 0)
            {
                r.Fail($"{error}\nCan't update {r[3]}!");
                return;
            }
            CertificateDraft draft = begun
                ?? (store.Bundles[name] is { } bundle ? CertificateDraft.Of(bundle) : new CertificateDraft(name));
            byte[] text = payload.ToArray();
            bool taken = Take(draft, part, text, out error);
            CryptographicOperations.ZeroMemory(text);
            if (!taken)
            {
                if (begun is null)
                    draft.Wipe();
                r.Fail($"{error}{(error.Length > 0 ? "\n" : "")}Can't load the payload\nCan't update {r[3]}!");
                return;
            }
            draft.IsChanged = true;
            store.PendingCertificate = draft;
            r.Line($"Transaction {(begun is null ? "created" : "updated")} for certificate {name}!");
        });

    private static bool Take(CertificateDraft draft, string part, byte[] text, out string error)
    {
        error = "";
        switch (part)
        {
            case ".key":
                error = $"unable to load private key from file '{draft.Name}'.";
                return draft.TakeKey(text);
            case ".issuer":
                error = $"'{draft.Name}' cannot be read or parsed'.";
                return draft.TakeIssuer(text);
            case ".sctl":
                return FromBase64(text) is { } list && draft.TakeTimestamps(list);
            case ".ocsp":
                if (FromBase64(text) is not { } response)
                {
                    error = "Error reading OCSP response in base64 format";
                    return false;
                }
                draft.TakeOcspResponse(response);
                return true;
            default:
                error = $"unable to load certificate from file '{draft.Name}'.";
                return draft.TakePem(text);
        }
    }

    /// <summary>Lines of base64; null when it is something else.</summary>
    internal static byte[]? FromBase64(ReadOnlySpan<byte> text)
    {
        byte[] decoded = new byte[text.Length];
        return Convert.TryFromBase64String(Encoding.ASCII.GetString(text), decoded, out int length) && length > 0
            ? decoded[..length]
            : null;
    }

    private static void Commit(CliRequest r) => With(r, (store, changes) =>
        {
            if (r[3].Length == 0)
            {
                r.Fail("'commit ssl cert expects a filename");
                return;
            }
            CertificateDraft? draft = store.PendingCertificate;
            string error = "";
            int places = 0;
            if (draft is null)
                error = "No ongoing transaction! !";
            else if (draft.Name != r[3])
                error = $"The ongoing transaction is about '{draft.Name}' but you are trying to set '{r[3]}'";
            else if (draft.Leaf is null || draft.Key is null)
                error = "The transaction must contain at least a certificate and a private key!";
            else if (store.Loader.Make(draft, isFile: false, out error) is not { } bundle || !changes.Put(bundle, out places, out error))
                error += ".";
            if (error.Length > 0)
            {
                r.Fail($"{error}\nCan't commit {r[3]}!");
                return;
            }
            draft!.Wipe();
            store.PendingCertificate = null;
            r.Line($"Committing {r[3]}{new string('.', places)}\nSuccess!");
        });

    private static void Abort(CliRequest r) => With(r, (store, _) =>
        {
            if (r[3].Length == 0)
                r.Fail("'abort ssl cert' expects a filename");
            else if (store.PendingCertificate is not { } draft)
                r.Fail("No ongoing transaction!");
            else if (draft.Name != r[3])
                r.Fail($"The ongoing transaction is about '{draft.Name}' but you are trying to abort a transaction for '{r[3]}'");
            else
            {
                draft.Wipe();
                store.PendingCertificate = null;
                r.Line($"Transaction aborted for certificate '{r[3]}'!");
            }
        });

    /// <summary>COMPAT: what cannot be removed is told with an empty line.</summary>
    private static void Delete(CliRequest r) => With(r, (store, changes) =>
        {
            string name = r[3];
            if (name.Length == 0)
                r.Fail("'del ssl cert' expects a certificate name");
            else if (!store.Bundles.ContainsKey(name))
                r.Fail($"Can't remove the certificate: certificate '{name}' doesn't exist!\n");
            else if (changes.IsUsed(name))
                r.Fail($"Can't remove the certificate: certificate '{name}' in use, can't be deleted!\n");
            else if (store.PendingCertificate?.Name == name)
                r.Fail($"Can't remove the certificate: certificate '{name}' has an ongoing transaction, can't be deleted!\n");
            else
            {
                store.Remove(name);
                r.Line($"Certificate '{name}' deleted!");
            }
        });

    /// <summary>As a file that "crt" could name.</summary>
    private static void Dump(CliRequest r) => With(r, (store, _) =>
        {
            string name = r[3];
            if (name.Length == 0)
            {
                r.Fail("'dump ssl cert' expects a certificate name");
                return;
            }
            CertificateDraft? draft = name[0] == '*' && store.PendingCertificate?.Name == name[1..] ? store.PendingCertificate : null;
            if (draft is null && store.Bundles.GetValueOrDefault(name) is { } bundle)
                draft = CertificateDraft.Of(bundle);
            if (draft?.Leaf is null)
            {
                r.Fail("Can't dump the certificate: Not found or the certificate is a bundle!");
                return;
            }
            if (draft.Key is { } key)
                r.Answer.Append(PemReader.Write(PrivateKeyView.Label(key), key));
            r.Answer.Append(PemReader.Write("CERTIFICATE", draft.Leaf));
            foreach (byte[] der in draft.Chain)
                r.Answer.Append(PemReader.Write("CERTIFICATE", der));
            if (draft.DhParameters is { } parameters)
                r.Answer.Append(Encoding.ASCII.GetString(parameters));
            if (draft != store.PendingCertificate)
                draft.Wipe();
        });

    internal static readonly CliCommand[] Rows =
    [
        new("show ssl cert", "[<file>]", CliLevel.Operator, "the certificates, or what one says", Show),
        new("new ssl cert", "<file>", CliLevel.Admin, "make an empty certificate, for 'set ssl cert'", New),
        new("set ssl cert", "<file> <payload>", CliLevel.Admin, "begin or go on with a change of a certificate", Set),
        new("commit ssl cert", "<file>", CliLevel.Admin, "put a change of a certificate in use", Commit),
        new("abort ssl cert", "<file>", CliLevel.Admin, "give up a change of a certificate", Abort),
        new("del ssl cert", "<file>", CliLevel.Admin, "remove a certificate that nobody uses", Delete),
        new("dump ssl cert", "<file>", CliLevel.Admin, "a certificate with its private key, in PEM", Dump),
    ];
}
