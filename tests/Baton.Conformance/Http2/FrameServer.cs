// A server on a raw socket that speaks HTTP/2 frame by frame: a script says what it answers, right or wrong. It knows nothing of the
// proxy's own codec.
using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using Baton.Conformance.Harness;
using Frame = Baton.Conformance.Http2.FrameClient.Frame;

namespace Baton.Conformance.Http2;

/// <summary>One thread a connection, so scripts read like a dialogue.</summary>
public sealed class FrameServer : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Action<Peer> _script;
    private readonly List<Peer> _peers = [];
    private readonly ConcurrentQueue<Exception> _failures = [];
    private int _connections;
    private volatile bool _isOver;

    /// <param name="script">What is done on each connection, behind its preface.</param>
    public FrameServer(Action<Peer> script)
    {
        _script = script;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(64);
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public int Port { get; }

    /// <summary>Connections accepted so far.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Requests in the order of their heads.</summary>
    public ConcurrentQueue<Request> Requests { get; } = [];

    /// <summary>What became of scripts that failed.</summary>
    public string Failures => string.Join('\n', _failures);

    /// <summary>The head of a request.</summary>
    public sealed record Request(int Connection, int Stream, List<(string Name, string Value)> Fields, bool Ends)
    {
        public string this[string name] => string.Join('|', Fields.Where(f => f.Name == name).Select(f => f.Value));

        /// <summary>A line for each field.</summary>
        public string Text => string.Concat(Fields.Select(f => $"{f.Name}: {f.Value}\n"));
    }

    /// <summary>One that answers each request as soon as it is whole.</summary>
    public static FrameServer Answering(Func<Request, byte[], (string Status, string Body)> answer) =>
        new(peer =>
        {
            peer.Start();
            Dictionary<int, (Request Request, List<byte> Body)> open = [];
            while (peer.Read() is { } frame)
            {
                if (frame.Type == FrameClient.Headers && !open.ContainsKey(frame.Stream))
                    open[frame.Stream] = (peer.Note(frame), []);
                else if (frame.Type == FrameClient.Data)
                {
                    open[frame.Stream].Body.AddRange(frame.Payload);
                    peer.GiveWindow(frame);
                }
                if (!frame.Ends || !open.Remove(frame.Stream, out var whole))
                    continue;
                (string status, string body) = answer(whole.Request, [.. whole.Body]);
                peer.Answer(frame.Stream, status, body);
            }
        });

    private void Accept()
    {
        while (!_isOver)
        {
            Socket socket;
            try
            {
                socket = _listener.Accept();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
            var peer = new Peer(this, socket, Interlocked.Increment(ref _connections));
            lock (_peers)
                _peers.Add(peer);
            new Thread(() => Serve(peer), 256 * 1024) { IsBackground = true }.Start();
        }
    }

    private void Serve(Peer peer)
    {
        try
        {
            _script(peer);
        }
        catch (Exception e) when (!_isOver)
        {
            _failures.Enqueue(e);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException) { }
        finally
        {
            peer.Dispose();
        }
    }

    public void Dispose()
    {
        _isOver = true;
        _listener.Dispose();
        lock (_peers)
            foreach (Peer peer in _peers)
                peer.Dispose();
    }

    /// <summary>One connection of the proxy's.</summary>
    public sealed class Peer(FrameServer server, Socket socket, int number) : IDisposable
    {
        private readonly FrameClient _frames = new(socket);
        private readonly FieldBlock _blocks = new();

        /// <summary>1 for the server's first connection.</summary>
        public int Number => number;

        /// <summary>Reads the preface and says what holds.</summary>
        public Peer Start(params (int Id, uint Value)[] settings)
        {
            byte[] preface = _frames.ReadBytes(FrameClient.Preface.Length);
            if (!preface.SequenceEqual(FrameClient.Preface))
                throw new InvalidDataException($"no preface: {Encoding.Latin1.GetString(preface)}");
            SendSettings(settings);
            return this;
        }

        public void SendSettings(params (int Id, uint Value)[] settings) => _frames.Send(FrameClient.MakeSettings(settings));

        /// <summary>The next frame, SETTINGS and PING answered; null at the end of the connection.</summary>
        public Frame? Read()
        {
            Frame? frame = _frames.Read();
            if (frame is { Type: FrameClient.Settings, Flags: 0 })
                Send(FrameClient.Settings, 1, 0);
            return frame;
        }

        /// <summary>Reads until a frame is what is looked for.</summary>
        public Frame ReadUntil(Func<Frame, bool> wanted)
        {
            while (Read() is { } frame)
                if (wanted(frame))
                    return frame;
            throw new IOException("the connection has ended before the frame came");
        }

        /// <summary>The next request's head.</summary>
        public Request ReadRequest() => Note(ReadUntil(f => f.Type == FrameClient.Headers));

        /// <summary>Reads to the end of the connection.</summary>
        public void ReadAll()
        {
            while (Read() is not null) { }
        }

        /// <summary>Takes a HEADERS frame for a request.</summary>
        public Request Note(Frame frame)
        {
            var request = new Request(number, frame.Stream, Fields(frame), frame.Ends);
            server.Requests.Enqueue(request);
            return request;
        }

        /// <summary>The fields of a HEADERS frame.</summary>
        public List<(string Name, string Value)> Fields(Frame frame) => _blocks.Read(frame.Payload);

        public void Send(byte type, byte flags, int stream, params byte[] payload) => _frames.Send(type, flags, stream, payload);

        public void Send(byte[] bytes) => _frames.Send(bytes);

        public void SendHeaders(int stream, bool ends, params (string, string)[] fields) =>
            _frames.SendHeaders(stream, FrameClient.Block(fields), ends);

        public void SendData(int stream, string text, bool ends) =>
            Send(FrameClient.Data, ends ? FrameClient.EndStream : (byte)0, stream, Encoding.Latin1.GetBytes(text));

        /// <summary>A whole answer once a gate opens, if somebody still waits for it then; the caller goes on meanwhile.</summary>
        public void AnswerBehind(ManualResetEventSlim gate, int stream, string body)
        {
            var waiting = new Thread(() =>
            {
                try
                {
                    gate.Wait(Patience.Ms);
                    Answer(stream, "200", body);
                }
                // the scenario is over
                catch (Exception e) when (e is SocketException or ObjectDisposedException) { }
            })
            {
                IsBackground = true,
            };
            waiting.Start();
        }

        /// <summary>A whole answer; its body in one frame, which windows at their start and frames have to be large enough for.</summary>
        public void Answer(int stream, string status, string body)
        {
            SendHeaders(stream, body.Length == 0, (":status", status), ("content-length", $"{body.Length}"));
            if (body.Length > 0)
                SendData(stream, body, ends: true);
        }

        /// <summary>The proxy may send as much again.</summary>
        public void GiveWindow(Frame data)
        {
            if (data.Payload.Length == 0)
                return;
            byte[] increment = new byte[4];
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(increment, data.Payload.Length);
            Send(FrameClient.WindowUpdate, 0, 0, increment);
            if (!data.Ends)
                Send(FrameClient.WindowUpdate, 0, data.Stream, increment);
        }

        public void Reset(int stream, uint error) =>
            Send(FrameClient.RstStream, 0, stream, (byte)(error >> 24), (byte)(error >> 16), (byte)(error >> 8), (byte)error);

        public void GoAway(int last, uint error = 0)
        {
            byte[] payload = new byte[8];
            System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(payload, last);
            System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(payload.AsSpan(4), error);
            Send(FrameClient.GoAway, 0, 0, payload);
        }

        /// <summary>Closes by a reset, as who closes with something unread does.</summary>
        public void Abort() => _frames.Abort();

        public void Dispose() => _frames.Dispose();
    }
}
