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
    private List<byte[][]>? _issuers;

    /// <summary>The bundle; null with the reason when there is something wrong with its files.</summary>
    public CertificateBundle? Read(TlsFileName file, out string error)
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
        CertificateBundle? bundle = Parse(file.Name, text, file, out error);
        CryptographicOperations.ZeroMemory(text);
        return bundle;
    }

    /// <summary>A bundle of what a file holds, or of what an operator sends in its place.</summary>
    /// <param name="beside">Where to look for what belongs to it; null for nowhere.</param>
    public CertificateBundle? Parse(string name, ReadOnlySpan<byte> text, TlsFileName? beside, out string error)
    {
        var certificates = new List<byte[]>();
        byte[]? key = null,
            parameters = null;
        bool isEncrypted = false;
        error = "";
        var blocks = new PemReader(text);
        while (blocks.Next())
        {
            if (blocks.Is("CERTIFICATE"u8) || blocks.Is("X509 CERTIFICATE"u8))
                certificates.Add(blocks.Content);
            else if (blocks.Label.EndsWith("PRIVATE KEY"u8))
            {
                isEncrypted |= blocks.IsEncrypted;
                key ??= blocks.IsEncrypted ? null : blocks.Content;
            }
            else if (blocks.Is("DH PARAMETERS"u8))
                parameters = System.Text.Encoding.ASCII.GetBytes(PemReader.Write("DH PARAMETERS", blocks.Content));
        }
        if (blocks.IsDamaged || certificates.Count == 0 || !AreCertificates(certificates))
        {
            error = $"unable to load certificate from file '{name}'";
            return null;
        }
        if (key is null && beside is not null && (global.ExtraFiles & TlsExtraFiles.Key) != 0)
            key = KeyBeside(beside, ref isEncrypted);
        if (key is null)
        {
            error = isEncrypted
                ? $"the private key of '{name}' is encrypted, and there is nobody to ask for its passphrase"
                : $"No Private Key found in '{Beside(beside?.Name ?? name, ".key")}'";
            return null;
        }
        CertificateBundle? bundle = Assemble(name, certificates, key, parameters, beside, out error);
        CryptographicOperations.ZeroMemory(key);
        return bundle;
    }

    private static bool AreCertificates(List<byte[]> all)
    {
        foreach (byte[] der in all)
            if (!CertificateView.TryRead(der, out _))
                return false;
        return true;
    }

    private CertificateBundle? Assemble(
        string name,
        List<byte[]> certificates,
        byte[] key,
        byte[]? parameters,
        TlsFileName? beside,
        out string error
    )
    {
        byte[] leaf = certificates[0];
        CertificateView.TryRead(leaf, out CertificateView view);
        byte[][] chain = [.. certificates[1..]];
        if (chain.Length == 0)
            chain = ChainFor(view);
        bool? matches = PrivateKeyView.Matches(key, view);
        byte[]? response = Extra(beside, TlsExtraFiles.Ocsp, ".ocsp"),
            timestamps = Extra(beside, TlsExtraFiles.Timestamps, ".sctl"),
            issuer = Extra(beside, TlsExtraFiles.Issuer, ".issuer");
        if (issuer is not null)
        {
            var blocks = new PemReader(issuer);
            issuer =
                blocks.Next()
                && CertificateView.TryRead(blocks.Content, out CertificateView above)
                && above.Subject.SequenceEqual(view.Issuer)
                    ? blocks.Content
                    : null;
        }
        var bundle = new CertificateBundle(name, leaf, chain, key)
        {
            OcspResponse = response,
            Timestamps = timestamps is null ? null : Pinned(timestamps),
            Issuer = issuer,
            DhParameters = parameters,
        };
        error = "";
        if (matches == false || !(matches == true && IsOrdinary(view)) && !bundle.Load())
            error = $"inconsistencies between private key and certificate loaded '{name}'";
        else if (timestamps is not null && !IsTimestampList(timestamps))
            error = $"'{Beside(name, ".sctl")}' is present but cannot be read or parsed";
        else if (response is not null && issuer is null && (chain.Length == 0 || !IsAbove(chain[0], view)))
            error =
                $"'{Beside(name, ".ocsp")}' is present and activates OCSP but it is impossible to compute the OCSP certificate ID "
                + "(maybe the issuer could not be found)";
        Interop.OpenSsl.LibErrors.ERR_clear_error();
        return error.Length > 0 ? null : bundle;
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

    private static bool IsAbove(byte[] der, in CertificateView view) =>
        CertificateView.TryRead(der, out CertificateView above) && above.Subject.SequenceEqual(view.Issuer);

    /// <summary>OpenSSL is given a pointer to it.</summary>
    private static byte[] Pinned(byte[] bytes)
    {
        byte[] copy = GC.AllocateUninitializedArray<byte>(bytes.Length, pinned: true);
        bytes.CopyTo(copy, 0);
        return copy;
    }

    /// <summary>RFC 6962 §3.3: a list of lists with their lengths in front.</summary>
    private static bool IsTimestampList(byte[] bytes)
    {
        if (bytes.Length < 4 || (bytes[0] << 8 | bytes[1]) != bytes.Length - 2)
            return false;
        int at = 2;
        while (at + 2 <= bytes.Length)
            at += 2 + (bytes[at] << 8 | bytes[at + 1]);
        return at == bytes.Length;
    }

    /// <summary>"site.pem.key", or "site.key" as ssl-load-extra-del-ext wants it for ".crt".</summary>
    private string Beside(string name, string extension) =>
        (global.ExtraFilesReplaceExtension && name.EndsWith(".crt", StringComparison.Ordinal) ? name[..^4] : name) + extension;

    private byte[]? Extra(TlsFileName? beside, TlsExtraFiles kind, string extension) =>
        beside is null || (global.ExtraFiles & kind) == 0 ? null : FileBytes.Read(Beside(beside.FullPath, extension), out _);

    private byte[]? KeyBeside(TlsFileName file, ref bool isEncrypted)
    {
        string path = Beside(file.FullPath, ".key");
        if (FileBytes.Read(path, out _) is not { } text)
            return null;
        byte[]? key = null;
        var blocks = new PemReader(text);
        while (key is null && blocks.Next())
        {
            isEncrypted |= blocks.IsEncrypted;
            if (blocks.Label.EndsWith("PRIVATE KEY"u8) && !blocks.IsEncrypted)
                key = blocks.Content;
        }
        CryptographicOperations.ZeroMemory(text);
        return key;
    }

    /// <summary>issuers-chain-path: the chain whose first certificate issued this one.</summary>
    private byte[][] ChainFor(in CertificateView view)
    {
        if (global.IssuersPath is not { } directory)
            return [];
        _issuers ??= Issuers(directory.FullPath);
        foreach (byte[][] chain in _issuers)
            if (IsAbove(chain[0], view) && !view.Subject.SequenceEqual(view.Issuer))
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
