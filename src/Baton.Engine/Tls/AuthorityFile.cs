// A ca-file or a crl-file: the certificates and revocation lists in it.
// SAFETY: lists are read from arrays that are pinned for the call; the name of the directory is OpenSSL's own and stays.
using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Engine.Patterns;
using Baton.Http.Certificates;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Tls;

/// <summary>Never changes once it is in the store; any thread.</summary>
public sealed class AuthorityFile
{
    /// <summary>"@system-ca": whatever the system believes.</summary>
    public const string System = "@system-ca";

    private AuthorityFile(string name, bool isRevocations) => (Name, IsRevocations) = (name, isRevocations);

    /// <summary>As the configuration has it.</summary>
    public string Name { get; }

    /// <summary>It is a crl-file: a file that is named as both is there twice.</summary>
    public bool IsRevocations { get; }

    /// <summary>A hash of the file; empty for what never was a file.</summary>
    public byte[] Origin { get; private set; } = [];

    /// <summary>An operator has put it here; it is not what the file says.</summary>
    public bool IsChanged { get; private set; }

    /// <summary>In DER.</summary>
    public List<byte[]> Certificates { get; } = [];
    public List<byte[]> RevocationLists { get; } = [];

    /// <summary>The file, or all files of a directory; null with the reason when nothing can be had.</summary>
    public static AuthorityFile? Read(TlsFileName file, bool isRevocations, out string error)
    {
        if (file.Name == System)
            return OfSystem(out error);
        if (Directory.Exists(file.FullPath))
            return OfDirectory(file.Name, file.FullPath, isRevocations, out error);
        if (FileBytes.Read(file.FullPath, out error) is not { } text)
            return null;
        var made = new AuthorityFile(file.Name, isRevocations) { Origin = SHA256.HashData(text) };
        made.Add(text);
        error = made.IsEmpty ? "no certificate or crl found" : "";
        return error.Length > 0 ? null : made;
    }

    public bool IsEmpty => Certificates.Count + RevocationLists.Count == 0;

    /// <summary>Another content in place of a file's, or one that no file has; <paramref name="before"/> null for that.</summary>
    public static AuthorityFile Changed(string name, bool isRevocations, AuthorityFile? before, byte[]? origin = null) =>
        new(name, isRevocations) { Origin = origin ?? before?.Origin ?? [], IsChanged = true };

    /// <summary>The blocks of PEM that belong here. COMPAT: what is something else is passed over.</summary>
    public void Take(ReadOnlySpan<byte> text)
    {
        Add(text);
        if (IsRevocations)
            Certificates.Clear();
    }

    private void Add(ReadOnlySpan<byte> text)
    {
        var blocks = new PemReader(text);
        while (blocks.Next())
        {
            if (blocks.Is("X509 CRL"u8))
                RevocationLists.Add(blocks.Content);
            else if ((blocks.Is("CERTIFICATE"u8) || blocks.Is("TRUSTED CERTIFICATE"u8)) && CertificateView.TryRead(blocks.Content, out _))
                Certificates.Add(blocks.Content);
        }
    }

    private static unsafe AuthorityFile? OfSystem(out string error) =>
        OfDirectory(System, Marshal.PtrToStringUTF8((nint)X509.X509_get_default_cert_dir()) ?? "", isRevocations: false, out error);

    private static AuthorityFile? OfDirectory(string name, string directory, bool isRevocations, out string error)
    {
        var made = new AuthorityFile(name, isRevocations);
        using var origin = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var seen = new HashSet<byte[]>(ByteKeyComparer.Exact);
        string[] files = [];
        try
        {
            files = Directory.GetFiles(directory);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException) { }
        Array.Sort(files, StringComparer.Ordinal);
        foreach (string file in files)
            if (FileBytes.Read(file, out _) is { } text)
            {
                origin.AppendData(text);
                made.Add(text);
            }
        made.Origin = origin.GetHashAndReset();
        // the same certificate lies there under several names
        made.Certificates.RemoveAll(der => !seen.Add(der));
        error = made.IsEmpty ? "no certificate or crl found" : "";
        return error.Length > 0 ? null : made;
    }

    /// <summary>Puts all of it into a store of OpenSSL's.</summary>
    public unsafe void AddTo(nint store)
    {
        foreach (byte[] der in Certificates)
        {
            nint certificate = CertificateBundle.Parse(der);
            if (certificate == 0)
                continue;
            X509.X509_STORE_add_cert(store, certificate);
            X509.X509_free(certificate);
        }
        foreach (byte[] der in RevocationLists)
            fixed (byte* p = der)
            {
                byte* at = p;
                nint list = X509.d2i_X509_CRL(0, &at, der.Length);
                if (list == 0)
                    continue;
                X509.X509_STORE_add_crl(store, list);
                X509.X509_CRL_free(list);
            }
        LibErrors.ERR_clear_error();
    }
}
