// option forwarded: the Forwarded header (RFC 7239) as HAProxy writes it. The host is always quoted, a node where RFC 7239 §4
// asks for it: IPv6 addresses and whatever has a port.
using System;
using System.Globalization;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Samples;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

public sealed partial class HttpStream
{
    private bool AddForwarded(MessageHead head)
    {
        if (Backend!.Config.Forwarded is not { } config)
            return true;
        var text = new ForwardedWriter(Worker.Scratch.OutputSpan);
        if (config.Proto)
        {
            text.Begin("proto="u8);
            text.Add("http"u8);
        }
        if (config.Host.IsWanted)
        {
            text.Begin("host=\""u8);
            text.Add(HostOf(head, config.Host.Sample));
            text.Add("\""u8);
        }
        if (config.By.IsWanted)
        {
            text.Begin("by="u8);
            AddNode(ref text, config.By, config.ByPort, Destination);
        }
        if (config.For.IsWanted)
        {
            text.Begin("for="u8);
            AddNode(ref text, config.For, config.ForPort, Source);
        }
        return !text.IsFull && (text.Written.IsEmpty || head.AddField("forwarded"u8, text.Written));
    }

    private ReadOnlySpan<byte> HostOf(MessageHead head, SampleExpressionConfig? sample)
    {
        SampleValue value = default;
        if (sample is not null)
            return sample.Evaluate(this, -1, Worker.Scratch.SampleSpan, ref value) && value.HasText ? value.Text : default;
        int host = head.Find("host"u8);
        return host < 0 ? default : head.Field(host).ValueSpan;
    }

    private void AddNode(ref ForwardedWriter text, ForwardedPart name, ForwardedPart port, in SocketAddress address)
    {
        Span<byte> nameText = stackalloc byte[256],
            portText = stackalloc byte[64];
        int nameLength = NodeName(name.Sample, address, nameText, out bool isV6);
        int portLength = port.IsWanted ? NodePort(port.Sample, address, portText) : 0;
        bool quoted = isV6 || port.IsWanted;
        if (quoted)
            text.Add("\""u8);
        text.Add(nameText[..nameLength]);
        if (portLength > 0)
        {
            text.Add(":"u8);
            text.Add(portText[..portLength]);
        }
        if (quoted)
            text.Add("\""u8);
    }

    /// <summary>An address, in brackets when it is IPv6, or an identifier; "unknown" for everything else.</summary>
    private int NodeName(SampleExpressionConfig? sample, SocketAddress address, Span<byte> into, out bool isV6)
    {
        isV6 = false;
        if (sample is not null)
        {
            SampleValue value = default;
            bool known = sample.Evaluate(this, -1, Worker.Scratch.SampleSpan, ref value);
            if (known && value.HasText && ForwardedText.IsObfuscated(value.Text) && value.Text.Length <= into.Length)
            {
                value.Text.CopyTo(into);
                return value.Text.Length;
            }
            if (!known || !value.TryGetAddress(out address))
                address = default;
        }
        if (address.Length == 0)
        {
            "unknown"u8.CopyTo(into);
            return "unknown"u8.Length;
        }
        if (!address.IsIPv6)
            return address.FormatIp(into);
        isV6 = true;
        into[0] = (byte)'[';
        int length = address.FormatIp(into[1..]) + 1;
        into[length] = (byte)']';
        return length + 1;
    }

    /// <summary>A number or an identifier; nothing when it is neither.</summary>
    private int NodePort(SampleExpressionConfig? sample, in SocketAddress address, Span<byte> into)
    {
        long number = address.Length > 0 ? address.Port : -1;
        if (sample is not null)
        {
            SampleValue value = default;
            if (!sample.Evaluate(this, -1, Worker.Scratch.SampleSpan, ref value))
                return 0;
            if (value.HasText && ForwardedText.IsObfuscated(value.Text) && value.Text.Length <= into.Length)
            {
                value.Text.CopyTo(into);
                return value.Text.Length;
            }
            if (!value.TryGetNumber(out number))
                return 0;
        }
        if (number is < 0 or > ushort.MaxValue)
            return 0;
        number.TryFormat(into, out int length, default, CultureInfo.InvariantCulture);
        return length;
    }

    /// <summary>Puts parameters behind one another; remembers when they do not fit.</summary>
    private ref struct ForwardedWriter(Span<byte> into)
    {
        private readonly Span<byte> _into = into;
        private int _length;

        public bool IsFull { get; private set; }
        public readonly ReadOnlySpan<byte> Written => _into[.._length];

        public void Begin(ReadOnlySpan<byte> name)
        {
            if (_length > 0)
                Add(";"u8);
            Add(name);
        }

        public void Add(scoped ReadOnlySpan<byte> text)
        {
            if (text.Length > _into.Length - _length)
            {
                IsFull = true;
                return;
            }
            text.CopyTo(_into[_length..]);
            _length += text.Length;
        }
    }
}
