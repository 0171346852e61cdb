// What an operator, or the process before this one, puts in place of files: certificates, authorities, revocations, lines of crt-lists.
// Handshakes that begin afterwards get them; those that have begun, and connections, keep what they have.
using System;
using System.Collections.Generic;
using Baton.Configuration.Model;
using Baton.Engine.Proxies;
using Baton.Engine.Servers;
using Baton.Engine.Tls;
using Baton.Interop.OpenSsl;

namespace Baton.Engine.Build;

/// <summary>All of it under the store's lock.</summary>
public sealed class CertificateChanges(EngineState engine, CertificateStore store)
{
    private IEnumerable<TlsServerSide> ServerSides
    {
        get
        {
            foreach (BackendState backend in engine.Backends)
            foreach (ServerState server in backend.Servers)
            {
                if (server.Tls is { } side)
                    yield return side;
                // checks may have TLS of their own
                if (server.CheckTls is { } checking && checking != server.Tls)
                    yield return checking;
            }
        }
    }

    /// <summary>A bind line or a server has it.</summary>
    public bool IsUsed(string certificate)
    {
        foreach (TlsBinding binding in store.Bindings)
        foreach (TlsEntry entry in binding.Offer.Names.Entries)
            if (entry.Bundle.Name == certificate)
                return true;
        foreach (TlsServerSide side in ServerSides)
            if (side.Uses(certificate))
                return true;
        return false;
    }

    public bool IsUsed(AuthorityFile file)
    {
        foreach (TlsBinding binding in store.Bindings)
        foreach (TlsSettings settings in binding.Offer.Settings)
            if (!ReferenceEquals(settings.With(file), settings))
                return true;
        foreach (TlsServerSide side in ServerSides)
            if (side.Uses(file))
                return true;
        return false;
    }

    /// <summary>Puts a certificate in the place of the one of its name. False, and nothing changed, when OpenSSL refuses it.</summary>
    /// <param name="places">Bind lines and servers that have it now.</param>
    public bool Put(CertificateBundle bundle, out int places, out string error)
    {
        places = 0;
        error = "";
        foreach (TlsBinding binding in store.Bindings)
        foreach (TlsEntry entry in binding.Offer.Names.Entries)
            if (entry.Bundle.Name == bundle.Name && Refusal(bundle, binding.Offer.SettingsAt(entry.Settings)) is { } reason)
            {
                error = $"unable to load SSL certificate into SSL Context '{bundle.Name}' : {reason}";
                return false;
            }
        foreach (TlsServerSide side in ServerSides)
        {
            if (!side.Uses(bundle.Name))
                continue;
            error = side.Put(bundle, engine.Workers);
            if (error.Length > 0)
                return false;
            places++;
        }
        store.Put(bundle.Name, bundle);
        foreach (TlsBinding binding in store.Bindings)
            places += Put(binding, bundle);
        return true;
    }

    private int Put(TlsBinding binding, CertificateBundle bundle)
    {
        TlsOffer offer = binding.Offer;
        var entries = new List<TlsEntry>(offer.Names.Entries);
        int places = 0;
        for (int i = 0; i < entries.Count; i++)
            if (entries[i].Bundle.Name == bundle.Name)
            {
                entries[i] = entries[i].With(bundle);
                places++;
            }
        if (places == 0)
            return 0;
        byte[]? before = offer.Names.Entries[0].Bundle.DhParameters,
            now = entries[0].Bundle.DhParameters;
        if (before.AsSpan().SequenceEqual(now))
        {
            offer.Names = new NameIndex(entries);
            return places;
        }
        TlsSettings[] settings = [.. offer.Settings];
        for (int i = 0; i < settings.Length; i++)
            settings[i] = settings[i] with { DhParameters = now ?? store.DhParameters };
        return Put(binding, settings, entries, out _) ? places : 0;
    }

    /// <summary>Why OpenSSL does not want a certificate; null when it takes it.</summary>
    private static string? Refusal(CertificateBundle bundle, TlsSettings settings)
    {
        nint context = ContextMaker.Make(settings, out _);
        if (context == 0)
            return "out of memory";
        bool taken = bundle.UseInContext(context);
        string reason = LibErrors.TakeReason();
        SslContext.SSL_CTX_free(context);
        return taken ? null : reason;
    }

    private bool Put(TlsBinding binding, TlsSettings[] settings, IReadOnlyList<TlsEntry> entries, out string error)
    {
        var offer = new TlsOffer(binding, settings, entries, binding.Offer.Workers);
        error = offer.Try();
        if (error.Length > 0)
        {
            offer.Free(0);
            return false;
        }
        binding.Put(offer, engine.Workers);
        return true;
    }

    /// <summary>Puts authorities or revocations in the place of those of their name. False when OpenSSL does not want them.</summary>
    /// <param name="places">Certificates of bind lines, and servers, that have them now.</param>
    public bool Put(AuthorityFile file, out int places, out string error)
    {
        places = 0;
        error = "";
        foreach (TlsServerSide side in ServerSides)
        {
            if (!side.Uses(file))
                continue;
            error = side.Put(file, engine.Workers);
            if (error.Length > 0)
                return false;
            places++;
        }
        store.Put(file);
        foreach (TlsBinding binding in store.Bindings)
        {
            TlsOffer offer = binding.Offer;
            TlsSettings[] settings = [.. offer.Settings];
            bool isChanged = false;
            for (int i = 0; i < settings.Length; i++)
            {
                settings[i] = settings[i].With(file);
                isChanged |= !ReferenceEquals(settings[i], offer.SettingsAt(i));
            }
            if (!isChanged)
                continue;
            foreach (TlsEntry entry in offer.Names.Entries)
                if (!ReferenceEquals(settings[entry.Settings], offer.SettingsAt(entry.Settings)))
                    places++;
            if (!Put(binding, settings, offer.Names.Entries, out error))
                return false;
        }
        return true;
    }

    /// <summary>Adds a line to a list, on every bind line that has the list. False, and nothing changed, when it cannot be.</summary>
    public bool Add(CertificateList list, TlsListEntryConfig line, CertificateBundle bundle, out int places, out string error)
    {
        places = 0;
        error = "";
        var planned = new List<(TlsBinding Binding, TlsSettings? Own)>();
        foreach (TlsBinding binding in store.Bindings)
        {
            if (!Has(binding, list))
                continue;
            TlsSettings? own = line.OptionText.Length > 0 ? Settle(binding, line, out error) : null;
            if (error.Length > 0)
                return false;
            if (Refusal(bundle, own ?? binding.Offer.SettingsAt(0)) is { } reason)
            {
                error = $"unable to load SSL certificate into SSL Context '{bundle.Name}' : {reason}";
                return false;
            }
            planned.Add((binding, own));
        }
        foreach ((TlsBinding binding, TlsSettings? own) in planned)
        {
            TlsOffer offer = binding.Offer;
            int settings = own is null ? 0 : offer.Settings.Count;
            List<TlsEntry> entries = [.. offer.Names.Entries, new TlsEntry(bundle, line, list) { Settings = settings }];
            places++;
            if (own is null)
                offer.Names = new NameIndex(entries);
            else if (!Put(binding, [.. offer.Settings, own], entries, out error))
                return false;
        }
        list.Lines.Add(line);
        list.LastLine = Math.Max(list.LastLine, line.Line);
        list.IsChanged = true;
        return true;
    }

    /// <summary>What a line of a list comes to on a bind line; null with the reason when it is wrong.</summary>
    private TlsSettings? Settle(TlsBinding binding, TlsListEntryConfig line, out string error)
    {
        var settler = new TlsSettler(store, binding.Bind, binding.Uses);
        TlsSettings? settled = settler.Settle(line, binding.Offer.Names.Entries[0].Bundle.DhParameters);
        error = (settler.FileError.Length > 0 ? settler.FileError : settler.Error).TrimEnd('.');
        if (settled is null)
            return null;
        nint context = ContextMaker.Make(settled, out error);
        if (context != 0)
            SslContext.SSL_CTX_free(context);
        return settled;
    }

    private static bool Has(TlsBinding binding, CertificateList list)
    {
        foreach (TlsCertificateLine source in binding.Bind.Tls.Certificates)
            if (source.File.Name == list.Name)
                return true;
        return false;
    }

    /// <summary>Takes a line out of a list. False, and nothing changed, when a bind line needs it for who names no known host.</summary>
    /// <param name="places">Those bind lines, as "file:line".</param>
    public bool Remove(CertificateList list, TlsListEntryConfig line, out List<string> places)
    {
        places = [];
        foreach (TlsBinding binding in store.Bindings)
            if (IsOf(binding.Offer.Names.Entries[0], list, line))
                places.Add(binding.Bind.Position.ToString());
        if (places.Count > 0)
            return false;
        foreach (TlsBinding binding in store.Bindings)
        {
            TlsOffer offer = binding.Offer;
            var entries = new List<TlsEntry>(offer.Names.Entries);
            if (entries.RemoveAll(e => IsOf(e, list, line)) > 0)
                offer.Names = new NameIndex(entries);
        }
        list.Lines.Remove(line);
        list.IsChanged = true;
        return true;
    }

    private static bool IsOf(TlsEntry entry, CertificateList list, TlsListEntryConfig line) =>
        entry.List == list && ReferenceEquals(entry.Line, line);
}
