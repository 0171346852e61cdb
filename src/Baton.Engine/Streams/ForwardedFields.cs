// The fields that tell a server who the client is: option forwarded (RFC 7239), forwardfor, originalto, unique-id-header. In Forwarded
// the host is always quoted, a node where RFC 7239 §4 asks for it: IPv6 addresses and whatever has a port.
using System;
using System.Globalization;
using System.Text;
using Baton.Configuration.Expressions;
using Baton.Configuration.Model;
using Baton.Engine.Connections;
using Baton.Engine.Connections.Transports;
using Baton.Engine.Samples;
using Baton.Http.Headers;
using Baton.Http.Messages;

namespace Baton.Engine.Streams;

/// <summary>A view of a stream that has chosen its backend.</summary>
internal readonly struct ForwardedFields(HttpStream stream)
{
    /// <summary>Puts all that the proxies ask for behind the fields of the head. False when they do not fit.</summary>
    public bool Add(MessageHead head) => AddUniqueId(head) && AddForwarded(head) && AddForwardFor(head) && AddEarlyData(head);

    /// <summary>The request came before the client's handshake was over, which is not over yet.</summary>
    public bool IsEarly => stream.Connection.Transport is OpenSslTransport { Facts.IsInEarlyData: true };

    /// <summary>RFC 8470 §5.1: the server is told that somebody may be repeating what was recorded.</summary>
    private bool AddEarlyData(MessageHead head) => !IsEarly || head.Find("early-data"u8) >= 0 || head.AddField("early-data"u8, "1"u8);

    public bool AddForwarded(MessageHead head)
    {
        if (stream.Backend!.Config.Forwarded is not { } config)
            return true;
        var text = new ForwardedWriter(stream.Worker.Scratch.OutputSpan);
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
            AddNode(ref text, config.By, config.ByPort, stream.Destination);
        }
        if (config.For.IsWanted)
        {
            text.Begin("for="u8);
            AddNode(ref text, config.For, config.ForPort, stream.Source);
        }
        return !text.IsFull && (text.Written.IsEmpty || head.AddField("forwarded"u8, text.Written));
    }

    private ReadOnlySpan<byte> HostOf(MessageHead head, SampleExpressionConfig? sample)
    {
        SampleValue value = default;
        if (sample is not null)
            return sample.Evaluate(stream, -1, stream.Worker.Scratch.SampleSpan, ref value) && value.HasText ? value.Text : default;
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
            bool known = sample.Evaluate(stream, -1, stream.Worker.Scratch.SampleSpan, ref value);
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
            if (!sample.Evaluate(stream, -1, stream.Worker.Scratch.SampleSpan, ref value))
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

    /// <summary>COMPAT: the identifier is made here at the latest, header or not; one the client sent stays beside it.</summary>
    public bool AddUniqueId(MessageHead head) =>
        !stream.UniqueId.TryGet(out ReadOnlySpan<byte> id) || stream.Frontend.UniqueIdHeader is not { } name || head.AddField(name, id);

    /// <summary>option forwardfor and originalto; the backend's header name wins.</summary>
    public bool AddForwardFor(MessageHead head)
    {
        bool ok = true;
        // COMPAT: either side's exception holds for both
        if (
            (stream.Backend!.Config.ForwardFor ?? stream.Frontend.Config.ForwardFor) is { } forward
            && !(stream.Frontend.Config.ForwardFor is { } own && IsExcepted(own, stream.Source))
        )
            ok &= AddAddress(head, forward, stream.Source);
        if (
            (stream.Backend.Config.OriginalTo ?? stream.Frontend.Config.OriginalTo) is { } original
            && !(stream.Frontend.Config.OriginalTo is { } mine && IsExcepted(mine, stream.Destination))
        )
            ok &= AddAddress(head, original, stream.Destination);
        return ok;
    }

    private static bool AddAddress(MessageHead head, ForwardForConfig config, SocketAddress address)
    {
        if (address.Length == 0)
            return true;
        Span<byte> name = stackalloc byte[128];
        int nameLength = Encoding.ASCII.GetBytes(config.HeaderName, name);
        if (config.IfNone && head.Find(name[..nameLength]) >= 0)
            return true;
        if (IsExcepted(config, address))
            return true;
        Span<byte> text = stackalloc byte[48];
        return head.AddField(name[..nameLength], text[..address.FormatIp(text)]);
    }

    /// <summary>"except" network of forwardfor and originalto.</summary>
    private static bool IsExcepted(ForwardForConfig config, SocketAddress address)
    {
        return config.ExceptNetwork.Length > 0 && address.IsIn(config.ExceptNetwork, config.ExceptPrefix);
    }
}
