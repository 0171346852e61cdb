// A bind line -> TlsBinding: reads its certificates and authorities, settles what all levels of the configuration say, and tells what is
// wrong in HAProxy's words.
using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Engine.Tls;

namespace Baton.Engine.Build;

/// <param name="uses">What fetches ask of its connections.</param>
public sealed class TlsBindingBuilder(
    CertificateStore store,
    BindConfig bind,
    string proxy,
    string sectionWord,
    Configuration.Expressions.TlsUses uses,
    List<BuildError> errors,
    List<BuildError> warnings
)
{
    private readonly List<TlsEntry> _entries = [];
    private readonly List<TlsSettings> _settings = [];
    private bool _failed;

    private string Address => bind.Addresses.Count > 0 ? bind.Addresses[0].Text : "";
    private string Where => $"'bind {Address}'";

    /// <summary>The binding; null when something is wrong, or when the line is not TLS: what it names is looked at all the same.</summary>
    public TlsBinding? Build(int workers)
    {
        TlsBindConfig line = bind.Tls;
        foreach (TlsCertificateLine source in line.Certificates)
            if (source.IsDefault)
                Load(source);
        foreach (TlsCertificateLine source in line.Certificates)
            if (!source.IsDefault)
                Load(source);
        AuthorityOf(line.CaFile, "ca-file");
        AuthorityOf(line.CrlFile, "crl-file");
        AuthorityOf(line.CaVerifyFile, "ca-verify-file");
        TicketKeyRing? keys = Tickets(line);
        if (_failed || !line.IsOn)
            return null;
        if (_entries.Count == 0)
        {
            OfProxy($"no SSL certificate specified for {Place()} (use 'crt').");
            return null;
        }
        Settle(line, null);
        foreach (TlsEntry entry in _entries)
            if (entry.Settings > 0)
                Settle(line, entry.Line);
        if (_failed)
            return null;
        var binding = new TlsBinding(bind, proxy, [.. _settings], _entries, workers) { TicketKeys = keys!, Uses = uses };
        if (binding.Try() is { Length: > 0 } wrong)
        {
            OfProxy($"{wrong} for {Place()}.");
            return null;
        }
        foreach (TlsEntry entry in _entries)
            if (!entry.Bundle.IsOrdinary && Refused(binding, entry) is { } reason)
                OfLine($"unable to load SSL certificate into SSL Context '{entry.Bundle.Name}' : {reason}");
        if (_failed)
            return null;
        store.Bindings.Add(binding);
        return binding;
    }

    /// <summary>Why OpenSSL does not want a certificate: a key too small for its level of security; null when it takes it.</summary>
    private static string? Refused(TlsBinding binding, TlsEntry entry)
    {
        nint session = binding[0].NewSession();
        bool taken = entry.Bundle.Use(session);
        Interop.OpenSsl.Ssl.SSL_free(session);
        return taken ? null : Interop.OpenSsl.LibErrors.TakeReason();
    }

    private string Place() => $"bind '{Address}' at [{bind.Position}]";

    private void OfLine(string message)
    {
        _failed = true;
        errors.Add(new BuildError(bind.Position, $"{Where} in section '{sectionWord}' : {message}.") { IsOfLine = true });
    }

    private void OfProxy(string message)
    {
        _failed = true;
        errors.Add(new BuildError(default, $"Proxy '{proxy}': {message}"));
    }

    private void Load(TlsCertificateLine source)
    {
        if (source.IsList)
            LoadList(source.File);
        else if (Directory.Exists(source.File.FullPath))
            LoadDirectory(source.File);
        else
            Add(source.File, null, "");
    }

    /// <summary>One certificate, or what ssl-load-extra-files calls a bundle: one for each kind of key.</summary>
    private void Add(TlsFileName file, TlsListEntryConfig? line, string prefix)
    {
        bool isBundle = false;
        if ((store.Global.ExtraFiles & TlsExtraFiles.Bundle) != 0 && !File.Exists(file.FullPath))
            foreach (string kind in s_kinds)
            {
                var one = new TlsFileName(file.Name + kind, file.FullPath + kind);
                if (!File.Exists(one.FullPath))
                    continue;
                isBundle = true;
                AddOne(one, line, prefix);
            }
        if (!isBundle)
            AddOne(file, line, prefix);
    }

    private static readonly string[] s_kinds = [".rsa", ".dsa", ".ecdsa"];

    /// <summary>COMPAT: what belongs to other files of a directory.</summary>
    private static readonly string[] s_passedOver = [".issuer", ".ocsp", ".sctl", ".key"];

    private void AddOne(TlsFileName file, TlsListEntryConfig? line, string prefix)
    {
        if (store.Bundle(file, out string error) is not { } bundle)
        {
            OfLine(prefix + error);
            return;
        }
        bool hasOwn = line is { OptionText.Length: > 0 };
        int settings = 0;
        if (hasOwn)
            settings = 1 + _entries.FindAll(e => e.Settings > 0).Count;
        _entries.Add(new TlsEntry(bundle, line) { Settings = settings });
    }

    private void LoadDirectory(TlsFileName directory)
    {
        string[] paths = Directory.GetFiles(directory.FullPath);
        Array.Sort(paths, StringComparer.Ordinal);
        foreach (string path in paths)
        {
            string name = Path.GetFileName(path);
            if (name.StartsWith('.') || Array.Exists(s_passedOver, e => name.EndsWith(e, StringComparison.Ordinal)))
                continue;
            AddOne(new TlsFileName($"{directory.Name.TrimEnd('/')}/{name}", path), null, "");
        }
    }

    private void LoadList(TlsFileName file)
    {
        if (FileBytes.Read(file.FullPath, out string why) is not { } text)
        {
            OfLine($"'crt-list' : cannot open file '{file.Name}' : {why}");
            return;
        }
        if (CertificateListText.Read(Encoding.UTF8.GetString(text), file.Name, store.Global, out string error) is not { } lines)
        {
            OfLine($"'crt-list' : {error}");
            return;
        }
        foreach (TlsListEntryConfig line in lines)
            Add(line.File, line, "'crt-list' : ");
    }

    private AuthorityFile? AuthorityOf(TlsFileName? file, string word)
    {
        if (file is null)
            return null;
        AuthorityFile? read = store.Authority(file, out string error);
        if (read is null)
            OfLine($"'{word}' : unable to load {file.Name} ({error})");
        return read;
    }

    private TicketKeyRing? Tickets(TlsBindConfig line)
    {
        if (line.TicketKeys is not { } file)
            return store.TicketKeys;
        if (FileBytes.Read(file.FullPath, out _) is not { } text)
        {
            OfLine($"'tls-ticket-keys' : '{file.Name}' : unable to load ssl tickets keys file");
            return null;
        }
        TicketKeyRing? keys = store.FindTicketKeys(file.Name) ?? TicketKeyRing.Parse(file.Name, text, out _);
        if (keys is null)
        {
            TicketKeyRing.Parse(file.Name, text, out string error);
            OfLine($"'tls-ticket-keys' : {error}");
        }
        return keys;
    }

    /// <summary>What the levels come to: a line of a crt-list, the bind line, the global defaults.</summary>
    private void Settle(TlsBindConfig line, TlsListEntryConfig? own)
    {
        TlsOptionsConfig wide = store.Global.BindDefaults;
        TlsOptionsConfig versions = own is { MinVersion: not TlsVersion.Unset } or { MaxVersion: not TlsVersion.Unset } ? own : line;
        if (TlsVersions.Of(versions, wide, isBind: true, Place(), out string? warning) is not { } range)
        {
            OfProxy($"all SSL/TLS versions are disabled for {Place()}.");
            return;
        }
        if (warning is not null)
            warnings.Add(new BuildError(default, $"Proxy '{proxy}': {warning}"));
        AuthorityFile? named = own?.CaFile is { } ownFile ? AuthorityOf(ownFile, "ca-file") : AuthorityOf(line.CaFile, "ca-file"),
            verifying = AuthorityOf(own?.CaVerifyFile ?? line.CaVerifyFile, "ca-verify-file");
        TlsVerify verify = own is { Verify: not TlsVerify.Unset } ? own.Verify : line.Verify;
        List<AuthorityFile> authorities = [];
        if (named is not null)
            authorities.Add(named);
        if (verifying is not null)
            authorities.Add(verifying);
        if (verify is TlsVerify.Optional or TlsVerify.Required && authorities.Count == 0)
        {
            OfProxy($"verify is enabled but no CA file specified for {Place()}.");
            return;
        }
        string? curves = own?.Curves ?? own?.Ecdhe ?? line.Curves ?? line.Ecdhe ?? wide.Curves;
        _settings.Add(
            new TlsSettings
            {
                IsServer = true,
                Versions = range,
                Ciphers = own?.Ciphers ?? line.Ciphers ?? wide.Ciphers,
                CipherSuites = own?.CipherSuites ?? line.CipherSuites ?? wide.CipherSuites,
                Curves = curves,
                CurvesAreEcdhe = curves is not null && own?.Curves is null && line.Curves is null && curves != wide.Curves,
                SignatureAlgorithms = own?.SignatureAlgorithms ?? line.SignatureAlgorithms ?? wide.SignatureAlgorithms,
                ClientSignatureAlgorithms = own?.ClientSignatureAlgorithms
                    ?? line.ClientSignatureAlgorithms
                    ?? wide.ClientSignatureAlgorithms,
                Alpn = own?.Alpn ?? line.Alpn ?? [],
                Verify = verify,
                Authorities = authorities,
                Named = line.NoCaNames || own is { NoCaNames: true } ? null : named,
                Revoked = own?.CrlFile is { } list ? AuthorityOf(list, "crl-file") : AuthorityOf(line.CrlFile, "crl-file"),
                IgnoredCertificateErrors = line.IgnoredCertificateErrors,
                IgnoredAuthorityErrors = line.IgnoredAuthorityErrors,
                Tickets = line.Tickets ?? wide.Tickets ?? true,
                PreferClientCiphers = line.PreferClientCiphers || wide.PreferClientCiphers,
                SessionLifetime = store.Global.SessionLifetime,
                DhBits = store.Global.DhBits,
                DhParameters = _entries[0].Bundle.DhParameters ?? store.DhParameters,
            }
        );
    }
}
