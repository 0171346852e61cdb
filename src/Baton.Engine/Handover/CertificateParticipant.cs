// Handover of what an operator changed of TLS: certificates, authorities, revocations, lines of crt-lists, keys of tickets, responses of
// OCSP. The rule is that for servers: a change stays, unless the file itself is another one than when the old process read it.
using System;
using System.Collections.Generic;
using System.Security.Cryptography;
using Baton.Configuration.Model;
using Baton.Configuration.Values;
using Baton.Core.Frames;
using Baton.Engine.Build;
using Baton.Engine.Tls;

namespace Baton.Engine.Handover;

public sealed class CertificateParticipant : IAuthoritativeParticipant
{
    private const byte OfCertificate = 1,
        OfAuthorities = 2,
        OfList = 3,
        OfTicketKeys = 4,
        OfResponse = 5,
        OfNothing = 6,
        OfRevocations = 7;

    private readonly ToldRecords _told = new();

    /// <summary>What has no file and was told: it may have been removed since.</summary>
    private readonly HashSet<(byte Kind, string Name)> _made = [];
    private readonly Queue<object> _left = new();

    public string Name => "certificates";
    public int Version => 1;

    /// <summary>Servers that were added at run time may have them.</summary>
    public bool ComesFirst => true;

    public void Begin(EngineState engine)
    {
        _left.Clear();
        if (engine.Certificates is not { } store)
            return;
        lock (store.Lock)
        {
            foreach ((string name, CertificateBundle? bundle) in store.Bundles)
                if (bundle is null or { IsChanged: true })
                    _left.Enqueue(bundle ?? (object)name);
            foreach (bool isRevocations in (bool[])[false, true])
            foreach (AuthorityFile file in store.Authorities(isRevocations).Values)
                if (file.IsChanged)
                    _left.Enqueue(file);
            foreach (CertificateList list in store.Lists.Values)
                if (list.IsChanged)
                    _left.Enqueue(list);
            foreach (TicketKeyRing keys in store.TicketFiles)
                if (keys.IsChanged)
                    _left.Enqueue(keys);
            var staples = new HashSet<OcspStaple>();
            foreach (CertificateBundle? bundle in store.Bundles.Values)
                if (bundle?.Staple is { IsChanged: true } staple && staples.Add(staple))
                    _left.Enqueue(staple);
            foreach ((byte kind, string name) in _made)
                if (!Exists(store, kind, name))
                    _left.Enqueue((kind, name));
        }
    }

    private static bool Exists(CertificateStore store, byte kind, string name) =>
        kind == OfCertificate ? store.Bundles.ContainsKey(name) : store.Authorities(kind != OfAuthorities).ContainsKey(name);

    public bool WriteNext(EngineState engine, FrameWriter into, int room)
    {
        int before = into.Length;
        lock (engine.Certificates?.Lock ?? new System.Threading.Lock())
            while (into.Length - before < room && _left.TryDequeue(out object? next))
            {
                int start = into.Length,
                    record = into.BeginRecord();
                Write(into, next);
                into.EndRecord(record);
                _told.Keep(KeyOf(next), into, start);
            }
        return into.Length > before;
    }

    /// <summary>What stands for it from one telling to the next: certificates are replaced whole.</summary>
    private static object KeyOf(object next) =>
        next switch
        {
            CertificateBundle bundle => (OfCertificate, bundle.Name),
            string name => (OfCertificate, name),
            AuthorityFile file => (OfAuthorities, file.IsRevocations, file.Name),
            (byte kind, string name) => (OfNothing, kind, name),
            _ => next,
        };

    private void Write(FrameWriter w, object next)
    {
        switch (next)
        {
            case CertificateBundle bundle:
                WriteCertificate(w, bundle);
                break;
            case string empty:
                w.Byte(OfCertificate);
                w.Text(empty);
                w.Blob(default);
                w.Flag(false);
                _made.Add((OfCertificate, empty));
                break;
            case AuthorityFile file:
                WriteAuthorities(w, file);
                break;
            case CertificateList list:
                WriteList(w, list);
                break;
            case TicketKeyRing keys:
                w.Byte(OfTicketKeys);
                w.Text(keys.File ?? "");
                w.Blob(keys.Origin);
                WriteAll(w, keys.Keys);
                break;
            case OcspStaple staple:
                w.Byte(OfResponse);
                w.Blob(staple.Id);
                w.Blob(staple.Response!.Der);
                break;
            case (byte kind, string name):
                w.Byte(OfNothing);
                w.Byte(kind);
                w.Text(name);
                _made.Remove((kind, name));
                break;
        }
    }

    private static void WriteAll(FrameWriter w, IReadOnlyList<byte[]> blobs)
    {
        w.UInt16(blobs.Count);
        foreach (byte[] blob in blobs)
            w.Blob(blob);
    }

    private static byte[][] ReadAll(ref FrameReader r)
    {
        int count = r.UInt16();
        var all = new List<byte[]>();
        while (all.Count < count && !r.IsShort)
            all.Add(r.Blob().ToArray());
        return [.. all];
    }

    private void WriteCertificate(FrameWriter w, CertificateBundle bundle)
    {
        w.Byte(OfCertificate);
        w.Text(bundle.Name);
        w.Blob(bundle.Origin);
        w.Flag(true);
        w.Blob(bundle.Leaf);
        WriteAll(w, bundle.Chain);
        byte[] key = bundle.CopyKey();
        w.Blob(key);
        CryptographicOperations.ZeroMemory(key);
        w.Blob(bundle.Staple?.Response?.Der);
        w.Blob(bundle.Timestamps);
        w.Blob(bundle.Issuer);
        w.Blob(bundle.DhParameters);
        if (bundle.Origin.Length == 0)
            _made.Add((OfCertificate, bundle.Name));
    }

    private void WriteAuthorities(FrameWriter w, AuthorityFile file)
    {
        w.Byte(OfAuthorities);
        w.Text(file.Name);
        w.Blob(file.Origin);
        w.Flag(file.IsRevocations);
        WriteAll(w, file.Certificates);
        WriteAll(w, file.RevocationLists);
        if (file.Origin.Length == 0)
            _made.Add((file.IsRevocations ? OfRevocations : OfAuthorities, file.Name));
    }

    private static void WriteList(FrameWriter w, CertificateList list)
    {
        w.Byte(OfList);
        w.Text(list.Name);
        w.Blob(list.Origin);
        w.Int32(list.LastLine);
        w.Int32(list.Lines.Count);
        foreach (TlsListEntryConfig line in list.Lines)
        {
            w.Text(line.File.Name);
            w.Int32(line.Line);
            w.Text(line.OptionText);
            w.Text(string.Join(' ', line.Filters));
        }
    }

    public void Read(EngineState engine, ref FrameReader from)
    {
        if (engine.OpenCertificates() is not { } store)
            return;
        lock (store.Lock)
        {
            var changes = new CertificateChanges(engine, store);
            while (!from.AtEnd && !from.IsShort)
            {
                FrameReader r = from.Record();
                switch (r.Byte())
                {
                    case OfCertificate:
                        ReadCertificate(store, changes, ref r);
                        break;
                    case OfAuthorities:
                        ReadAuthorities(store, changes, ref r);
                        break;
                    case OfList:
                        ReadList(store, changes, ref r);
                        break;
                    case OfTicketKeys:
                        ReadTicketKeys(store, ref r);
                        break;
                    case OfResponse:
                        ReadResponse(store, ref r);
                        break;
                    case OfNothing:
                        ReadNothing(store, changes, ref r);
                        break;
                }
            }
        }
    }

    private static void ReadCertificate(CertificateStore store, CertificateChanges changes, ref FrameReader r)
    {
        string name = r.Text();
        byte[] origin = r.Blob().ToArray();
        bool hasContent = r.Flag();
        bool isHere = store.Bundles.TryGetValue(name, out CertificateBundle? here);
        // a file that was not there before, or is another one, goes before what was changed of it
        if (r.IsShort || isHere && !(here?.Origin ?? []).AsSpan().SequenceEqual(origin) || !isHere && origin.Length > 0)
            return;
        if (!hasContent)
        {
            store.Put(name, null);
            return;
        }
        var draft = CertificateDraft.Moved(name, origin, ref r);
        if (draft is not null && store.Loader.Make(draft, isFile: false, out _) is { } bundle)
            changes.Put(bundle, out _, out _);
        draft?.Wipe();
    }

    private static void ReadAuthorities(CertificateStore store, CertificateChanges changes, ref FrameReader r)
    {
        string name = r.Text();
        byte[] origin = r.Blob().ToArray();
        bool isRevocations = r.Flag();
        byte[][] certificates = ReadAll(ref r),
            lists = ReadAll(ref r);
        bool isHere = store.Authorities(isRevocations).TryGetValue(name, out AuthorityFile? here);
        if (r.IsShort || isHere && !here!.Origin.AsSpan().SequenceEqual(origin) || !isHere && origin.Length > 0)
            return;
        AuthorityFile made = AuthorityFile.Changed(name, isRevocations, null, origin);
        made.Certificates.AddRange(certificates);
        made.RevocationLists.AddRange(lists);
        changes.Put(made, out _, out _);
    }

    private static void ReadList(CertificateStore store, CertificateChanges changes, ref FrameReader r)
    {
        string name = r.Text();
        byte[] origin = r.Blob().ToArray();
        int last = r.Int32(),
            count = r.Int32();
        var told = new List<TlsListEntryConfig>();
        for (int i = 0; i < count && !r.IsShort; i++)
        {
            string file = r.Text();
            int line = r.Int32();
            string options = r.Text(),
                filters = r.Text(),
                text = $"{file} {(options.Length > 0 ? $"[{options}]" : "")} {filters}";
            if (CertificateListText.ReadLine(text, line, store.Global, out _) is { } read)
                told.Add(read);
        }
        if (r.IsShort || !store.Lists.TryGetValue(name, out CertificateList? list) || !list.Origin.AsSpan().SequenceEqual(origin))
            return;
        foreach (TlsListEntryConfig line in list.Lines.ToArray())
            if (!told.Exists(t => IsSame(t, line)))
                changes.Remove(list, line, out _);
        foreach (TlsListEntryConfig line in told)
            if (!list.Lines.Exists(l => IsSame(l, line)) && store.Bundles.GetValueOrDefault(line.File.Name) is { } bundle)
                changes.Add(list, line, bundle, out _, out _);
        list.LastLine = Math.Max(last, list.LastLine);
        list.IsChanged = true;
    }

    private static bool IsSame(TlsListEntryConfig one, TlsListEntryConfig other) =>
        one.Line == other.Line && one.File.Name == other.File.Name;

    private static void ReadTicketKeys(CertificateStore store, ref FrameReader r)
    {
        string file = r.Text();
        byte[] origin = r.Blob().ToArray();
        var keys = new List<byte[]>();
        for (int count = r.UInt16(); keys.Count < count && !r.IsShort; )
        {
            if (TicketKeyRing.Copy(r.Blob()) is not { } key)
                return;
            keys.Add(key);
        }
        if (!r.IsShort && keys.Count == TicketKeyRing.Kept && store.TicketFiles.Find(k => k.File == file) is { } ring)
            if (ring.Origin.AsSpan().SequenceEqual(origin))
                ring.TakeChanged([.. keys]);
    }

    private static void ReadResponse(CertificateStore store, ref FrameReader r)
    {
        byte[] id = r.Blob().ToArray();
        if (OcspResponse.Parse(r.Blob(), out _) is not { } response || r.IsShort)
            return;
        foreach (CertificateBundle? bundle in store.Bundles.Values)
            // a file that is newer goes before it
            if (bundle?.Staple is { } staple && staple.Id.AsSpan().SequenceEqual(id) && !(staple.Response?.ExpiresAt > response.ExpiresAt))
                staple.Put(response);
    }

    private static void ReadNothing(CertificateStore store, CertificateChanges changes, ref FrameReader r)
    {
        byte kind = r.Byte();
        string name = r.Text();
        if (r.IsShort)
            return;
        if (kind == OfCertificate && !changes.IsUsed(name))
            store.Remove(name);
        else if (kind != OfCertificate && store.Authorities(kind != OfAuthorities).TryGetValue(name, out AuthorityFile? file))
            if (!changes.IsUsed(file))
                store.RemoveAuthority(name, kind != OfAuthorities);
    }
}
