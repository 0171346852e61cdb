// One name and what it stands for: asked of all name servers at once, again at intervals, for as long as somebody wants to know.
using System;
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Core.Timers;
using Baton.Engine.Connections;

namespace Baton.Engine.Resolvers;

/// <summary>OWNER: the first worker, under the section's gate.</summary>
internal sealed class Resolution(ResolversState owner, string name, DnsRecordType type) : TimerNode
{
    /// <summary>A record and when an answer had it last (worker's milliseconds).</summary>
    internal struct Item
    {
        public DnsRecord Record;
        public long SeenMs;
    }

    /// <summary>No answer has been valid yet.</summary>
    internal const long Never = long.MinValue / 2;

    private readonly List<Item> _items = [];
    private readonly List<DnsRequester> _requesters = [];
    private readonly List<DnsQuestion> _lookups = [];
    private int _triesLeft;
    private ushort _id;

    /// <summary>The name servers that have not answered yet, a bit for each.</summary>
    private ulong _awaited;

    /// <summary>Those of them whose answer was truncated, and is to come by their stream.</summary>
    private ulong _streamed;
    private DnsStatus _failure;
    private bool _hasAsked;

    public string Name { get; } = name;

    /// <summary>What is asked for first; A and AAAA take each other's place.</summary>
    public DnsRecordType Type { get; } = type;
    public DnsRecordType AskedType { get; private set; }
    public IReadOnlyList<Item> Items => _items;

    /// <summary>Addresses of targets that came with the last answer, by name.</summary>
    public List<(string Name, SocketAddress Address)> Extra { get; } = [];
    public DnsStatus Status { get; private set; }
    public long LastValidMs { get; private set; } = Never;
    public bool IsRunning { get; private set; }

    /// <summary>A server that starts with an address keeps it for as long as if that had been an answer: name servers may start later
    /// than this process.</summary>
    private readonly long _sinceMs = owner.NowMs;

    public void Add(DnsRequester requester)
    {
        _requesters.Add(requester);
        if (!IsRunning && !IsArmed)
            Arm(owner.NowMs + 1);
    }

    public void Remove(DnsRequester requester) => _requesters.Remove(requester);

    /// <summary>Answers at once where the last answer holds, else with the next one.</summary>
    public void Ask(DnsQuestion lookup)
    {
        if (Status == DnsStatus.Valid && owner.NowMs - LastValidMs < owner.Config.HoldValidMs)
        {
            lookup.Complete(this);
            return;
        }
        _lookups.Add(lookup);
        Begin();
    }

    /// <summary>Asks now.</summary>
    public void Begin()
    {
        if (IsRunning)
            return;
        IsRunning = _hasAsked = true;
        _triesLeft = Math.Max(1, owner.Config.Retries);
        _failure = DnsStatus.None;
        AskedType = Type;
        SendQuery();
    }

    private void SendQuery()
    {
        Span<byte> query = stackalloc byte[DnsMessage.LongestQuery];
        _id = owner.Register(this);
        int length = DnsMessage.WriteQuery(query, _id, Name, AskedType, owner.Config.AcceptedPayload);
        _awaited = _streamed = 0;
        for (int i = 0; i < owner.Nameservers.Length; i++)
            if (owner.Nameservers[i].Ask(query[..length]))
                _awaited |= 1UL << i;
        Arm(owner.NowMs + owner.Config.RetryMs);
    }

    private void Arm(long atMs) => owner.Worker.Timers.Arm(this, atMs);

    /// <summary>A name server answered. False when nothing is awaited of it.</summary>
    internal bool Awaits(int nameserver) => (_awaited & (1UL << nameserver)) != 0;

    /// <summary>... and the next answer of it that counts is one by its stream.</summary>
    internal bool AwaitsByStream(int nameserver) => (_streamed & (1UL << nameserver)) != 0;

    /// <summary>Asks the same once more where an answer was truncated, with the time for an answer begun anew. False when it could not be
    /// sent.</summary>
    internal bool AskByStream(int nameserver, Nameserver stream)
    {
        Span<byte> query = stackalloc byte[DnsMessage.LongestQuery];
        int length = DnsMessage.WriteQuery(query, _id, Name, AskedType, owner.Config.AcceptedPayload);
        if (!stream.Ask(query[..length]))
            return false;
        _streamed |= 1UL << nameserver;
        Arm(owner.NowMs + owner.Config.RetryMs);
        return true;
    }

    /// <summary>The first valid answer counts; of failures the last, once all have failed.</summary>
    internal void OnAnswer(int nameserver, DnsStatus status, List<DnsRecord> records, List<(string Name, SocketAddress Address)> extra)
    {
        _awaited &= ~(1UL << nameserver);
        if (status == DnsStatus.Valid)
        {
            Accept(nameserver, records, extra);
            return;
        }
        _failure = status;
        if (_awaited == 0)
            TryNext();
    }

    public override void OnTimer(long nowMs)
    {
        lock (owner.Gate)
        {
            if (!IsRunning)
            {
                if (_requesters.Count > 0 && owner.MayAsk)
                    Begin();
                else if (_requesters.Count > 0)
                    Arm(nowMs + owner.Config.ResolveMs);
                else if (_lookups.Count == 0)
                    owner.Forget(this);
                return;
            }
            bool silence = _failure == DnsStatus.None;
            // a connection that is given up is not to tell this one
            (ulong late, ulong lateByStream) = (_awaited, _streamed);
            _awaited = _streamed = 0;
            for (int i = 0; i < owner.Nameservers.Length; i++)
                if ((late & (1UL << i)) != 0)
                {
                    owner.Nameservers[i].NoteTimeout();
                    if ((lateByStream & (1UL << i)) != 0)
                        owner.Truncated.NoteTimeout(i);
                }
            if (silence)
                Retry();
            else
                TryNext();
        }
    }

    /// <summary>After failures: the other family of addresses, then from the start (manual, "The resolvers section").</summary>
    private void TryNext()
    {
        if (AskedType != Type || Type == DnsRecordType.Srv || owner.Worker.Engine.Families.IsOne)
        {
            Retry();
            return;
        }
        owner.Unregister(_id);
        AskedType = Type == DnsRecordType.A ? DnsRecordType.Aaaa : DnsRecordType.A;
        SendQuery();
    }

    private void Retry()
    {
        owner.Unregister(_id);
        if (--_triesLeft > 0)
        {
            AskedType = Type;
            SendQuery();
            return;
        }
        Fail(_failure == DnsStatus.None ? DnsStatus.Timeout : _failure);
    }

    private void Accept(int nameserver, List<DnsRecord> records, List<(string Name, SocketAddress Address)> extra)
    {
        owner.Unregister(_id);
        IsRunning = false;
        Status = DnsStatus.Valid;
        LastValidMs = owner.NowMs;
        Nameserver from = owner.Nameservers[nameserver];
        if (Merge(records))
            from.Counters.Updates++;
        Extra.Clear();
        Extra.AddRange(extra);
        Schedule();
        string by = $"{owner.Config.Name}/{from.Config.Name}";
        foreach (DnsRequester requester in _requesters.ToArray())
        {
            requester.OnValid(this, by);
            // COMPAT: the others have it from here
            by = "DNS cache";
        }
        CompleteLookups();
    }

    /// <summary>True when something is new, or has been gone for long enough.</summary>
    private bool Merge(List<DnsRecord> records)
    {
        bool changed = false;
        foreach (DnsRecord record in records)
        {
            int at = _items.FindIndex(i =>
                i.Record.Address.Equals(record.Address) && i.Record.Target == record.Target && i.Record.Port == record.Port
            );
            var item = new Item { Record = record, SeenMs = owner.NowMs };
            if (at < 0)
                _items.Add(item);
            else
                _items[at] = item;
            changed |= at < 0;
        }
        return _items.RemoveAll(i => i.SeenMs != owner.NowMs && owner.NowMs - i.SeenMs >= owner.Config.HoldObsoleteMs) > 0 || changed;
    }

    private void Fail(DnsStatus status)
    {
        IsRunning = false;
        Status = status;
        Schedule();
        if (owner.NowMs - Math.Max(_sinceMs, LastValidMs) >= owner.HoldMs(status))
            foreach (DnsRequester requester in _requesters.ToArray())
                requester.OnFailure(this, status);
        CompleteLookups();
    }

    private void CompleteLookups()
    {
        DnsQuestion[] waiting = [.. _lookups];
        _lookups.Clear();
        foreach (DnsQuestion lookup in waiting)
            lookup.Complete(this);
    }

    /// <summary>The next time; one that nobody wants regularly is kept for as long as its answer may be used again.</summary>
    private void Schedule() => Arm(owner.NowMs + (_requesters.Count > 0 ? owner.Config.ResolveMs : owner.Config.HoldValidMs + 1));

    /// <summary>For the next process: what is known, how old that is, and when the name would be asked for again.</summary>
    internal void WriteTo(FrameWriter w)
    {
        long now = owner.NowMs;
        w.Byte((byte)Status);
        w.Int64(LastValidMs == Never ? -1 : now - LastValidMs);
        w.Int64(IsRunning || DeadlineMs == long.MaxValue ? 0 : Math.Max(0, DeadlineMs - now));
        w.Int32(_items.Count);
        foreach (Item item in _items)
        {
            item.Record.Address.WriteTo(w);
            w.Text(item.Record.Target);
            w.UInt16(item.Record.Port);
            w.UInt16(item.Record.Weight);
            w.UInt16(item.Record.Priority);
            w.Int64(now - item.SeenMs);
        }
    }

    /// <summary>What the previous process knows, in place of what it knew when it told before; nothing once this one has asked.</summary>
    internal void ReadFrom(ref FrameReader r)
    {
        long now = owner.NowMs;
        var status = (DnsStatus)r.Byte();
        long validAgo = r.Int64(),
            nextIn = r.Int64();
        int count = r.Int32();
        if (_hasAsked || r.IsShort)
            return;
        _items.Clear();
        for (int i = 0; i < count && !r.IsShort; i++)
        {
            SocketAddress address = SocketAddress.ReadFrom(ref r);
            string target = r.Text();
            var record = new DnsRecord(address, target, (ushort)r.UInt16(), (ushort)r.UInt16(), (ushort)r.UInt16());
            long seenAgo = r.Int64();
            if (!r.IsShort)
                _items.Add(new Item { Record = record, SeenMs = now - Math.Max(0, seenAgo) });
        }
        Status = Enum.IsDefined(status) ? status : DnsStatus.None;
        LastValidMs = validAgo < 0 ? Never : now - validAgo;
        if (!IsRunning)
            Arm(now + 1 + Math.Clamp(nextIn, 0, owner.Config.ResolveMs));
    }
}
