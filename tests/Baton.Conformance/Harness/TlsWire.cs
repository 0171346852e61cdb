// A TLS client whose bytes on the wire can be torn, held back and looked at.
using System;
using System.Collections.Generic;
using System.IO;
using System.Net.Security;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace Baton.Conformance.Harness;

public sealed class TlsWire : IDisposable
{
    private readonly TcpClient _tcp;
    private readonly Wire _wire;

    /// <param name="set">Changes options of the handshake, which is over when the constructor returns.</param>
    /// <param name="tears">Everything is sent in single bytes.</param>
    /// <param name="prefix">Text in front of the greeting.</param>
    public TlsWire(int port, Action<SslClientAuthenticationOptions>? set = null, bool tears = false, string prefix = "")
    {
        _tcp = new TcpClient("127.0.0.1", port)
        {
            NoDelay = true,
            ReceiveTimeout = Patience.Ms,
            SendTimeout = Patience.Ms,
        };
        _wire = new Wire(_tcp.GetStream()) { Tears = tears };
        _tcp.Client.Send(Encoding.ASCII.GetBytes(prefix));
        Stream = new SslStream(_wire);
        var options = new SslClientAuthenticationOptions
        {
            TargetHost = "site.example",
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
            AllowTlsResume = false,
        };
        set?.Invoke(options);
        Stream.AuthenticateAsClient(options);
    }

    public SslStream Stream { get; }
    public Socket Socket => _tcp.Client;

    /// <summary>What came last is a record of TLS 1.3 that is as short as an alert.</summary>
    public bool HasSeenAlert => _wire.Last is [.., 0x17, 3, 3, 0, 19, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _];

    /// <summary>The lengths of what came in records of application data, which in TLS 1.3 those of a handshake seem to be too.</summary>
    public List<int> Records => _wire.Records;

    /// <summary>Sends all but the last bytes of what it is given from here on, until <see cref="Release"/>.</summary>
    public void HoldBack(int bytes) => _wire.HeldBack = bytes;

    public void Release() => _wire.Release();

    /// <summary>Says that nothing more comes (close_notify).</summary>
    public void ShutdownSend() => Stream.ShutdownAsync().GetAwaiter().GetResult();

    public void Send(string text) => Stream.Write(Encoding.Latin1.GetBytes(text));

    public string Get(string target)
    {
        Send($"GET {target} HTTP/1.1\r\nHost: a.example\r\n\r\n");
        return ReadBody();
    }

    private readonly StringBuilder _unread = new();

    /// <summary>The body of the next answer, by its Content-Length.</summary>
    public string ReadBody()
    {
        byte[] buffer = new byte[65536];
        while (true)
        {
            string text = _unread.ToString();
            int head = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (head >= 0)
            {
                int at = text.IndexOf("content-length:", StringComparison.OrdinalIgnoreCase) + 15;
                int length = int.Parse(text.AsSpan(at, text.IndexOf('\r', at) - at));
                while (_unread.Length < head + 4 + length)
                    Read(buffer);
                text = _unread.ToString(head + 4, length);
                _unread.Remove(0, head + 4 + length);
                return text;
            }
            Read(buffer);
        }
    }

    private void Read(byte[] buffer)
    {
        int n = Stream.Read(buffer);
        if (n == 0)
            throw new EndOfStreamException("the answer ends early: " + _unread);
        _unread.Append(Encoding.Latin1.GetString(buffer, 0, n));
    }

    public void Dispose()
    {
        Stream.Dispose();
        _tcp.Dispose();
    }

    private sealed class Wire(NetworkStream stream) : Stream
    {
        private byte[] _held = [];
        public bool Tears;
        public int HeldBack;
        public byte[] Last = [];
        public readonly List<int> Records = [];
        private readonly List<byte> _header = [];
        private int _ofRecord;

        public override int Read(byte[] buffer, int offset, int count)
        {
            int n = stream.Read(buffer, offset, count);
            if (n > 0)
                Last = [.. Last.AsSpan(Math.Max(0, Last.Length - 64)), .. buffer.AsSpan(offset, n)];
            Measure(buffer.AsSpan(offset, n));
            return n;
        }

        private void Measure(ReadOnlySpan<byte> bytes)
        {
            const int headerLength = 5,
                applicationData = 23;
            while (!bytes.IsEmpty)
            {
                int taken = Math.Min(bytes.Length, _ofRecord > 0 ? _ofRecord : 1);
                if (_ofRecord > 0)
                    _ofRecord -= taken;
                else
                    _header.Add(bytes[0]);
                bytes = bytes[taken..];
                if (_header.Count < headerLength)
                    continue;
                _ofRecord = _header[3] << 8 | _header[4];
                if (_header[0] == applicationData)
                    Records.Add(_ofRecord);
                _header.Clear();
            }
        }

        public override void Write(byte[] buffer, int offset, int count)
        {
            int hold = Math.Min(HeldBack, count);
            _held = [.. _held, .. buffer.AsSpan(offset + count - hold, hold)];
            count -= hold;
            if (!Tears)
            {
                stream.Write(buffer, offset, count);
                return;
            }
            for (int i = 0; i < count; i++)
            {
                stream.Write(buffer, offset + i, 1);
                if (i % 32 == 0)
                    Thread.Sleep(1);
            }
        }

        public void Release()
        {
            HeldBack = 0;
            stream.Write(_held);
            _held = [];
        }

        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => throw new NotSupportedException();
        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
