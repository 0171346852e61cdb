// From files to a CertificateBundle: the PEM file that the configuration names and what lies beside it (ssl-load-extra-files). What is
// wrong is said in HAProxy's words.
using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Http.Certificates;

namespace Baton.Engine.Tls;

public sealed class CertificateLoader(TlsGlobalConfig global)
{
    private readonly Dictionary<string, OcspStaple> _staples = [];
    private List<byte[][]>? _issuers;

    /// <summary>What is not as it should be and does not keep a certificate from being used. Whoever tells it takes it out.</summary>
    public List<string> Warnings { get; } = [];

    /// <summary>Names of certificates whose OCSP responses are kept fresh.</summary>
    public HashSet<string> Updated { get; } = [];

    /// <summary>The bundle; null with the reason when there is something wrong with its files.</summary>
    public CertificateBundle? Read(TlsFileName file, out string error) =>
        global.FindLoad(file.Name) is { } load ? Read(load.Certificate, load, out error) : Read(file, null, out error);

    /// <param name="load">The line that names the files; null: they lie beside the first one.</param>
    private CertificateBundle? Read(TlsFileName file, CertificateLoadConfig? load, out string error)
    {
        byte[]? text = FileBytes.Read(file.FullPath, out string why);
        if (text is null)
        {
            error =
                why == "No such file or directory"
                    ? $"unable to stat SSL certificate from file '{file.Name}' : {why}"
                    : $"unable to load certificate from file '{file.Name}' : {why}";
            return null;
        }
        using var origin = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        origin.AppendData(text);
        var draft = new CertificateDraft(load?.Name ?? file.Name);
        bool isTaken = draft.TakePem(text);
        CryptographicOperations.ZeroMemory(text);
        CertificateBundle? bundle = null;
        if (!isTaken)
            error = $"unable to load certificate from file '{file.Name}'";
        else if ((error = load is null ? TakeBeside(draft, file, origin) : TakeNamed(draft, load, origin)).Length == 0)
        {
            draft.Origin = origin.GetHashAndReset();
            bundle = Make(draft, isFile: true, out error);
        }
        draft.Wipe();
        return bundle;
    }

    /// <summary>Takes the files that a "load" line names; what is wrong with them, empty for nothing.</summary>
    private static string TakeNamed(CertificateDraft draft, CertificateLoadConfig load, IncrementalHash origin)
    {
        string error = "";
        byte[]? named(TlsFileName? file)
        {
            string why = "";
            byte[]? bytes = file is null ? null : FileBytes.Read(file.FullPath, out why);
            if (file is not null && bytes is null)
                error = $"unable to load '{file.Name}' : {why}";
            origin.AppendData(bytes ?? []);
            return bytes;
        }
        if (named(load.Key) is { } key)
        {
            bool isTaken = draft.TakeKey(key);
            CryptographicOperations.ZeroMemory(key);
            if (!isTaken && !draft.HasEncryptedKey)
                return $"unable to load private key from file '{load.Key!.Name}'";
        }
        if (error.Length == 0 && draft.Key is null)
            return draft.HasEncryptedKey
                ? $"the private key of '{load.Certificate.Name}' is encrypted, and there is nobody to ask for its passphrase"
                : $"No Private Key found in '{(load.Key ?? load.Certificate).Name}'";
        if (named(load.OcspResponse) is { } response)
            draft.TakeOcspResponse(response);
        if (named(load.Issuer) is { } issuer && (!draft.TakeIssuer(issuer) || !draft.IssuerIsAbove))
            return $"'{load.Issuer!.Name}' is not the certificate that issued '{load.Certificate.Name}'";
        if (named(load.Timestamps) is { } timestamps && !draft.TakeTimestamps(timestamps))
            return $"'{load.Timestamps!.Name}' is present but cannot be read or parsed";
        return error;
    }

    /// <summary>Takes what lies beside a file; what is wrong with it, empty for nothing.</summary>
    private string TakeBeside(CertificateDraft draft, TlsFileName file, IncrementalHash origin)
    {
        byte[]? beside(TlsExtraFiles kind, string extension)
        {
            byte[]? bytes = (global.ExtraFiles & kind) == 0 ? null : FileBytes.Read(Beside(file.FullPath, extension), out _);
            origin.AppendData(bytes ?? []);
            return bytes;
        }
        if (draft.Key is null && beside(TlsExtraFiles.Key, ".key") is { } key)
        {
            draft.TakeKey(key);
            CryptographicOperations.ZeroMemory(key);
        }
        if (draft.Key is null)
            return draft.HasEncryptedKey
                ? $"the private key of '{file.Name}' is encrypted, and there is nobody to ask for its passphrase"
                : $"No Private Key found in '{Beside(file.Name, ".key")}'";
        if (beside(TlsExtraFiles.Ocsp, ".ocsp") is { } response)
            draft.TakeOcspResponse(response);
        if (beside(TlsExtraFiles.Issuer, ".issuer") is { } issuer && (!draft.TakeIssuer(issuer) || !draft.IssuerIsAbove))
            draft.DropIssuer();
        if (beside(TlsExtraFiles.Timestamps, ".sctl") is { } timestamps && !draft.TakeTimestamps(timestamps))
            return $"'{Beside(file.Name, ".sctl")}' is present but cannot be read or parsed";
        return "";
    }

    /// <summary>A bundle of what was put together; null with the reason when it does not fit.</summary>
    /// <param name="isFile">It is read at start: an OCSP response that is of no use is only warned of.</param>
    public CertificateBundle? Make(CertificateDraft draft, bool isFile, out string error)
    {
        if (draft.Chain.Length == 0)
            draft.Chain = ChainFor(draft.Leaf!);
        if (global.SkipSelfIssued)
            draft.Chain = Array.FindAll(draft.Chain, der => !CertificateDraft.IsAbove(der, der));
        CertificateView.TryRead(draft.Leaf, out CertificateView view);
        bool? matches = PrivateKeyView.Matches(draft.Key, view);
        OcspStaple? staple = StapleOf(draft, isFile, out error);
        if (error.Length > 0)
            return null;
        var bundle = new CertificateBundle(draft.Name, draft.Leaf!, draft.Chain, draft.Key)
        {
            Staple = staple,
            Timestamps = draft.Timestamps,
            Issuer = draft.Issuer,
            DhParameters = draft.DhParameters,
            Origin = draft.Origin,
            IsChanged = draft.IsChanged,
        };
        if (matches == false || !(matches == true && bundle.IsOrdinary) && !bundle.Load())
            error = $"inconsistencies between private key and certificate loaded '{draft.Name}'";
        Interop.OpenSsl.LibErrors.ERR_clear_error();
        return error.Length > 0 ? null : bundle;
    }

    /// <summary>What clients are to be told of its revocation; null when nobody cares for that.</summary>
    private OcspStaple? StapleOf(CertificateDraft draft, bool isFile, out string error)
    {
        error = "";
        byte[]? id = null;
        if (draft.Authority is { } above)
        {
            CertificateView.TryRead(draft.Leaf, out CertificateView view);
            CertificateView.TryRead(above, out CertificateView authority);
            id = CertificateId.Of(view, authority);
        }
        if (draft.OcspResponse is not { } der)
            return id is null ? null
                : Updated.Contains(draft.Name) ? Staple(id, null, isChanged: false)
                : _staples.GetValueOrDefault(Convert.ToHexStringLower(id));
        if (id is null)
        {
            error =
                $"'{Beside(draft.Name, ".ocsp")}' is present and activates OCSP but it is impossible to compute the OCSP certificate ID "
                + "(maybe the issuer could not be found)";
            return null;
        }
        OcspResponse? response = OcspResponse.Parse(der, out string why);
        if (response is not null && !CertificateId.AreEqual(response.Id, id))
        {
            response = null;
            why = "OCSP single response: Certificate ID does not match certificate and issuer";
        }
        if (response is null && isFile)
            Warnings.Add($"Loading: {why.TrimEnd('.')}. Content will be ignored.");
        else if (response is null)
        {
            error = why.TrimEnd('.');
            return null;
        }
        return Staple(id, response, !isFile);
    }

    /// <summary>The one with that identifier, made now if there is none, with that response.</summary>
    public OcspStaple Staple(byte[] id, OcspResponse? response, bool isChanged)
    {
        string key = Convert.ToHexStringLower(id);
        if (!_staples.TryGetValue(key, out OcspStaple? staple))
            _staples[key] = staple = new OcspStaple(id, response);
        else if (response is not null)
            staple.Put(response, isChanged);
        return staple;
    }

    /// <summary>Keys and signatures that no level of security in use refuses.</summary>
    internal static bool IsOrdinary(in CertificateView view) =>
        ObjectNames.Text(view.SignatureAlgorithm)
            is "RSA-SHA256"
                or "RSA-SHA384"
                or "RSA-SHA512"
                or "ecdsa-with-SHA256"
                or "ecdsa-with-SHA384"
        && (
            ObjectNames.IsRsa(view.KeyAlgorithm)
                ? view.PublicKey.Length >= 2048 / 8
                : ObjectNames.IsEllipticCurve(view.KeyAlgorithm) && view.PublicKey.Length >= 64
        );

    /// <summary>"site.pem.key", or "site.key" as ssl-load-extra-del-ext wants it for ".crt".</summary>
    private string Beside(string name, string extension) =>
        (global.ExtraFilesReplaceExtension && name.EndsWith(".crt", StringComparison.Ordinal) ? name[..^4] : name) + extension;

    /// <summary>issuers-chain-path: the chain whose first certificate issued this one.</summary>
    private byte[][] ChainFor(byte[] leaf)
    {
        if (global.IssuersPath is not { } directory)
            return [];
        _issuers ??= Issuers(directory.FullPath);
        CertificateView.TryRead(leaf, out CertificateView view);
        foreach (byte[][] chain in _issuers)
            if (CertificateDraft.IsAbove(chain[0], leaf) && !view.Subject.SequenceEqual(view.Issuer))
                return chain;
        return [];
    }

    private static List<byte[][]> Issuers(string directory)
    {
        var all = new List<byte[][]>();
        string[] files = Directory.GetFiles(directory);
        Array.Sort(files, StringComparer.Ordinal);
        foreach (string file in files)
        {
            if (FileBytes.Read(file, out _) is not { } text)
                continue;
            var chain = new List<byte[]>();
            var blocks = new PemReader(text);
            while (blocks.Next())
                if (blocks.Is("CERTIFICATE"u8) && CertificateView.TryRead(blocks.Content, out _))
                    chain.Add(blocks.Content);
            if (chain.Count > 0)
                all.Add([.. chain]);
        }
        return all;
    }
}
