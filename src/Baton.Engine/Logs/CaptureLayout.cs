// Where a frontend's captures lie in the memory of one request: slots of fixed length, those of the request first.
using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;

namespace Baton.Engine.Logs;

public sealed class CaptureLayout
{
    private CaptureLayout(ProxyConfig proxy)
    {
        Request = Slots(proxy.RequestCaptures);
        Response = Slots(proxy.ResponseCaptures);
        if (proxy.CookieCapture is { } cookie)
        {
            CookieName = Encoding.UTF8.GetBytes(cookie.Name);
            RequestCookie = Slot([], cookie.Length);
            ResponseCookie = Slot([], cookie.Length);
        }
        _signature = Sign(proxy);
        Size += sizeof(uint);
    }

    private readonly uint _signature;

    /// <summary>The same for the same slots in the same order, filled from the same headers: stands behind them, and tells another process
    /// whether what was captured here means there what it means here.</summary>
    private uint Sign(ProxyConfig proxy)
    {
        var text = new StringBuilder();
        foreach (CaptureSlot slot in Request)
            text.Append('q').Append(Encoding.ASCII.GetString(slot.Header).ToLowerInvariant()).Append(' ').Append(slot.Length).Append('\n');
        foreach (CaptureSlot slot in Response)
            text.Append('s').Append(Encoding.ASCII.GetString(slot.Header).ToLowerInvariant()).Append(' ').Append(slot.Length).Append('\n');
        text.Append('c').Append(Encoding.UTF8.GetString(CookieName)).Append(' ').Append(RequestCookie?.Length);
        foreach (List<RuleConfig> rules in (List<RuleConfig>[])[proxy.TcpRequestContent, proxy.HttpRequest, proxy.HttpResponse])
        foreach (RuleConfig rule in rules)
            if (rule.Action.Name == "capture")
                text.Append('\n').Append(rule.RuleSet).Append(rule.CaptureSlot).Append(' ').Append(rule.Arguments[0].Text);
        // FNV-1a
        uint hash = 2166136261;
        foreach (byte b in Encoding.UTF8.GetBytes(text.ToString()))
            hash = (hash ^ b) * 16777619;
        return hash;
    }

    /// <summary>Says in a stream's memory of captures whose they are.</summary>
    public void Sign(Span<byte> captures) => BinaryPrimitives.WriteUInt32LittleEndian(captures[(Size - sizeof(uint))..], _signature);

    public CaptureSlot[] Request { get; }
    public CaptureSlot[] Response { get; }

    /// <summary>capture cookie: the name's beginning and the two places; null when there is none.</summary>
    public byte[] CookieName { get; } = [];
    public CaptureSlot? RequestCookie { get; }
    public CaptureSlot? ResponseCookie { get; }

    /// <summary>Bytes all slots take, and what tells whose they are.</summary>
    public int Size { get; private set; }

    /// <summary>Null when nothing is captured.</summary>
    public static CaptureLayout? Create(ProxyConfig proxy)
    {
        if (proxy.RequestCaptures.Count == 0 && proxy.ResponseCaptures.Count == 0 && proxy.CookieCapture is null)
            return null;
        return new CaptureLayout(proxy);
    }

    /// <summary>Whether what a stream captured in another process means something here: it may have had other slots.</summary>
    public bool CanHold(ReadOnlySpan<byte> captures)
    {
        if (captures.Length != Size || BinaryPrimitives.ReadUInt32LittleEndian(captures[(Size - sizeof(uint))..]) != _signature)
            return false;
        foreach (CaptureSlot? slot in (CaptureSlot?[])[.. Request, .. Response, RequestCookie, ResponseCookie])
            if (slot is not null && BinaryPrimitives.ReadUInt16LittleEndian(captures[slot.Offset..]) > slot.Length + 1)
                return false;
        return true;
    }

    private CaptureSlot[] Slots(List<(string Name, int Length)> captures)
    {
        var slots = new CaptureSlot[captures.Count];
        for (int i = 0; i < slots.Length; i++)
            slots[i] = Slot(Encoding.ASCII.GetBytes(captures[i].Name), captures[i].Length);
        return slots;
    }

    /// <summary>
    /// The two bytes before a text hold one more than its length, so that nothing and an empty text differ. COMPAT: any length may be
    /// asked for, but no text is longer than they can say.
    /// </summary>
    private CaptureSlot Slot(byte[] header, int length)
    {
        length = Math.Min(length, ushort.MaxValue - 1);
        var slot = new CaptureSlot(header, Size, length);
        Size += length + 2;
        return slot;
    }
}
