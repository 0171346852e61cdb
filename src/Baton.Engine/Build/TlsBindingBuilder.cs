// A bind line -> TlsBinding: reads its certificates and authorities, settles what all levels of the configuration say, and tells what is
// wrong in HAProxy's words.
using System.Collections.Generic;
using System.IO;
using Baton.Configuration.Model;
using Baton.Engine.Tls;

namespace Baton.Engine.Build;

/// <param name="uses">What fetches ask of its connections.</param>
/// <param name="implied">Certificates of the frontend, for lines that name none (ssl-f-use).</param>
public sealed class TlsBindingBuilder(
    CertificateStore store,
    BindConfig bind,
    string proxy,
    string sectionWord,
    Configuration.Expressions.TlsUses uses,
    IReadOnlyList<TlsListEntryConfig> implied,
    List<BuildError> errors,
    List<BuildError> warnings
)
{
    private readonly List<TlsEntry> _entries = [];
    private readonly List<TlsSettings> _settings = [];
    private readonly TlsSettler _settler = new(store, bind, uses);
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
        if (line.IsOn && line.Certificates.Count == 0 && implied.Count > 0)
            LoadAll(store.ListOf(proxy, implied), "'ssl-f-use' : ");
        LookAt(line.CaFile, "ca-file");
        LookAt(line.CrlFile, "crl-file");
        LookAt(line.CaVerifyFile, "ca-verify-file");
        TicketKeyRing? keys = Tickets(line);
        SigningAuthority? authority = line.IsOn ? Signing(line) : null;
        if (_failed || !line.IsOn)
            return null;
        if (_entries.Count == 0)
        {
            OfProxy($"no SSL certificate specified for {_settler.Place} (use 'crt').");
            return null;
        }
        Settle(null);
        foreach (TlsEntry entry in _entries)
            if (entry.Settings > 0)
                Settle(entry.Line);
        if (_failed)
            return null;
        var binding = new TlsBinding(bind, proxy, [.. _settings], _entries, workers)
        {
            TicketKeys = keys!,
            Sessions = store.Sessions,
            Issued = authority is null ? null : store.Issued,
            Authority = authority,
            Uses = uses,
        };
        if (binding.Offer.Try() is { Length: > 0 } wrong)
        {
            OfProxy($"{wrong} for {_settler.Place}.");
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
        if (source.IsList && store.List(source.File, out string error) is not { })
            OfLine($"'crt-list' : {error}");
        else if (source.IsList)
            LoadAll(store.Lists[source.File.Name], "'crt-list' : ");
        else if (Directory.Exists(source.File.FullPath))
            LoadAll(store.Directory(source.File), "");
        else
            foreach (TlsFileName file in store.Expand(source.File))
                Add(file, null, null, "");
    }

    private void LoadAll(CertificateList list, string prefix)
    {
        foreach (TlsListEntryConfig line in list.Lines)
            Add(line.File, line, list, prefix);
    }

    private void Add(TlsFileName file, TlsListEntryConfig? line, CertificateList? list, string prefix)
    {
        CertificateBundle? bundle = store.Bundle(file, out string error);
        foreach (string warning in store.Loader.Warnings)
            warnings.Add(new BuildError(default, warning));
        store.Loader.Warnings.Clear();
        if (bundle is null)
        {
            OfLine(prefix + error);
            return;
        }
        KeepFresh(bundle, line?.OcspUpdate ?? bind.Tls.OcspUpdate ?? store.Global.FindLoad(file.Name)?.OcspUpdate);
        int settings = line is { OptionText.Length: > 0 } ? 1 + _entries.FindAll(e => e.Settings > 0).Count : 0;
        _entries.Add(new TlsEntry(bundle, line, list) { Settings = settings });
    }

    private void KeepFresh(CertificateBundle bundle, bool? said)
    {
        if (store.Global.OcspUpdateIsOff || !(said ?? store.Global.OcspUpdate) || store.Update(bundle) || said is null)
            return;
        string why = "nobody can be asked about it: it names no responder, or the certificate of its authority is not there";
        warnings.Add(new BuildError(bind.Position, $"{Where} : 'ocsp-update' : '{bundle.Name}' : {why}.") { IsOfLine = true });
    }

    /// <summary>Also where the line is no TLS.</summary>
    private void LookAt(TlsFileName? file, string word)
    {
        if (file is not null && store.Authority(file, word == "crl-file", out string error) is null)
            OfLine($"'{word}' : unable to load {file.Name} ({error})");
    }

    /// <summary>Who signs what is made here; null where nothing is, or with something wrong.</summary>
    private SigningAuthority? Signing(TlsBindConfig line)
    {
        if (line is { GeneratesCertificates: true, SigningFile: null })
            OfProxy($"cannot enable certificate generation, no CA certificate File configured at [{bind.Position}].");
        if (line.SigningFile is not { } file)
            return null;
        if (!line.GeneratesCertificates)
        {
            string useless = "'ca-sign-file' has no effect without 'generate-certificates'";
            warnings.Add(new BuildError(bind.Position, $"{Where} : {useless}.") { IsOfLine = true });
            return null;
        }
        SigningAuthority? authority = SigningAuthority.Read(store.Loader, file, line.SigningPassphrase, out string error);
        if (authority is null)
            OfProxy($"Failed to read CA certificate file '{file.Name}' at [{bind.Position}]. {error}.");
        return authority;
    }

    private TicketKeyRing? Tickets(TlsBindConfig line)
    {
        if (line.TicketKeys is not { } file)
            return store.TicketKeys;
        TicketKeyRing? keys = store.TicketKeysOf(file, out string error);
        if (keys is null)
            OfLine($"'tls-ticket-keys' : {error}");
        return keys;
    }

    private void Settle(TlsListEntryConfig? own)
    {
        TlsSettings? settled = _settler.Settle(own, _entries[0].Bundle.DhParameters);
        if (_settler.FileError.Length > 0)
            OfLine(_settler.FileError);
        if (_settler.Error.Length > 0)
            OfProxy(_settler.Error);
        if (settled is null)
            return;
        if (_settler.Warning is { } warning)
            warnings.Add(new BuildError(default, $"Proxy '{proxy}': {warning}"));
        _settings.Add(settled);
    }
}
