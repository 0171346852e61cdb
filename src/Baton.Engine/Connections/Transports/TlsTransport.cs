// TLS 1.3, and TLS 1.2 with an AEAD cipher, after the handshake: our own records, without OpenSSL's session. It keeps some hundred
// bytes of a connection, which can be written down for the next process (docs/decisions/0018-tls-records.md).
// SAFETY: _state is null or a block of SecretMemory that this object alone has. A record is looked at as long as it was received;
// buffers of callers have the lengths that come with them; the areas of TlsScratch hold for the call.
using System;
using System.Collections.Generic;
using Baton.Core.Frames;
using Baton.Engine.Loop;
using Baton.Engine.Tls;
using Baton.Http.Tls.Records;
using Baton.Interop.Linux;

namespace Baton.Engine.Connections.Transports;

/// <summary>Layer 1 of the handover protocol.</summary>
internal sealed unsafe class TlsTransport : SealedTransport
{
    public const byte Layer = 1;

    /// <summary>Bytes of text that are sealed before the kernel is asked to take them: one call for many records.</summary>
    private const int Burst = 65536;

    /// <summary>Objects that wait to be used again.</summary>
    private const int MostFree = 1024;

    private static readonly Stack<TlsTransport> s_free = new();

    private RecordState* _state;

    /// <summary>The beginning of a record.</summary>
    private HeldBytes _record;

    private TlsTransport() { }

    public override byte LayerType => Layer;
    private protected override bool HasReadEnd => _state->HasReadEnd;

    /// <summary>What the records of this connection depend on; the caller fills it.</summary>
    public ref RecordState State => ref *_state;

    /// <summary>Null when there is no memory. Any thread.</summary>
    public static TlsTransport? Rent()
    {
        byte* state = SecretMemory.Rent();
        if (state is null)
            return null;
        TlsTransport? transport;
        lock (s_free)
            if (!s_free.TryPop(out transport))
                transport = new TlsTransport();
        transport._state = (RecordState*)state;
        transport._state->LargestSent = RecordState.LargestFragment;
        TlsConnections.Enter();
        return transport;
    }

    /// <summary>Goes on where another transport has been.</summary>
    public void Follow(SealedTransport other) => TakeOver(other);

    private protected override int ReadSome(Connection connection, byte* buffer, int length)
    {
        if (_state->HasReadEnd)
        {
            connection.PeerClosed = true;
            connection.CanRead = false;
            return 0;
        }
        if (_state->IsBroken)
            return Break(connection, Errno.ECONNRESET);
        while (true)
        {
            int n = _record.Any ? ReadRest(connection, buffer, length) : ReadRecords(connection, buffer, length);
            if (n != Again)
                return n;
            if (!connection.CanRead)
                return -1;
        }
    }

    /// <summary>Records came that concern nobody, or a record is not whole: the socket is to be asked again, if it has more.</summary>
    private const int Again = -4;

    /// <summary>Takes more of the record that has begun, and no byte behind it: it is put together where it is kept.</summary>
    private int ReadRest(Connection connection, byte* buffer, int length)
    {
        int n = connection.ReceiveRaw(_record.Data + _record.End, _record.Size - _record.End);
        if (n <= 0)
            return n;
        _record.End += n;
        int whole = RecordReader.Measure(ref *_state, _record.Span);
        if (whole < 0)
            return Fail(connection);
        if (whole > _record.Length)
            return _record.Reserve(whole) ? Again : Break(connection, Errno.ENOMEM);
        if (whole == 0)
            return Again;
        int got = 0;
        int result = Open(connection, _record.Span, buffer, length, ref got);
        _record.Release();
        return Outcome(connection, result, got);
    }

    /// <summary>Takes as many records as there is room for what is in them, and one at least.</summary>
    private int ReadRecords(Connection connection, byte* buffer, int length)
    {
        byte* area = connection.Worker.Tls.In;
        int most = Math.Min(TlsScratch.InSize, Math.Max(length + 64, RecordState.LargestRecord));
        int n = connection.ReceiveRaw(area, most);
        if (n <= 0)
            return n;
        var bytes = new Span<byte>(area, n);
        int got = 0;
        while (true)
        {
            int whole = RecordReader.Measure(ref *_state, bytes);
            if (whole < 0)
                return Outcome(connection, Fail(connection), got);
            if (whole == 0 || whole > bytes.Length)
            {
                bool kept = bytes.IsEmpty || _record.Reserve(Math.Max(whole, RecordState.HeaderLength)) && _record.Append(bytes);
                return kept ? Outcome(connection, Again, got) : Break(connection, Errno.ENOMEM);
            }
            int result = Open(connection, bytes[..whole], buffer, length, ref got);
            if (result != Again)
                return Outcome(connection, result, got);
            bytes = bytes[whole..];
        }
    }

    /// <summary>Text that was got comes first; what ends the connection is said at the next call.</summary>
    private int Outcome(Connection connection, int result, int got)
    {
        if (Text.Any)
            connection.CanRead = true;
        if (got > 0)
        {
            if (result != Again)
                connection.CanRead = true;
            return got;
        }
        return Text.Any ? 0 : result;
    }

    /// <summary>One whole record. Again when more may follow.</summary>
    private int Open(Connection connection, Span<byte> record, byte* buffer, int length, ref int got)
    {
        int offset = RecordReader.TextOffset(*_state);
        // PERF: into the reader's buffer at once where it has room, the content type and padding of TLS 1.3 included
        bool fits = !Text.Any && record.Length - offset - IAead.TagLength <= length - got;
        Span<byte> into = fits ? new(buffer + got, length - got) : record[Math.Min(offset, record.Length)..];
        switch (RecordReader.Read(ref *_state, connection.Worker.Tls.Aead, record, into, out int text))
        {
            case RecordEvent.Data when fits:
                got += text;
                return Again;
            case RecordEvent.Data:
                return Keep(connection, into[..text], buffer, length, ref got) ? Again : Break(connection, Errno.ENOMEM);
            case RecordEvent.Closed:
                connection.PeerClosed = true;
                connection.CanRead = false;
                return 0;
            case RecordEvent.KeyUpdated or RecordEvent.KeyUpdateWanted when ChangesTooOften(connection):
                return Break(connection, Errno.EPROTO);
            case RecordEvent.KeyUpdateWanted:
                return SendOwn(connection, updatesKey: true) ? Again : -2;
            case RecordEvent.Renegotiation:
                return SendOwn(connection, updatesKey: false) ? Again : -2;
            case RecordEvent.Aborted:
                return Break(connection, Errno.ECONNRESET);
            case RecordEvent.Fault:
                return Fail(connection);
            default:
                return Again;
        }
    }

    /// <summary>Changes of keys that the peer has wanted in this second.</summary>
    private int _updates;
    private long _updateSecond;

    /// <summary>tune.ssl.keyupdate-rate-limit: what a peer asks for costs us more than it.</summary>
    private bool ChangesTooOften(Connection connection)
    {
        int limit = connection.Worker.Engine.Config.Global.Tls.KeyUpdateRate;
        long second = connection.Worker.NowMs / 1000;
        _updates = second == _updateSecond ? _updates + 1 : 1;
        _updateSecond = second;
        return limit > 0 && _updates > limit;
    }

    /// <summary>As much as there is room for goes to the reader; the rest waits for him.</summary>
    private bool Keep(Connection connection, ReadOnlySpan<byte> text, byte* buffer, int length, ref int got)
    {
        int n = Text.Any ? 0 : Math.Min(text.Length, length - got);
        text[..n].CopyTo(new Span<byte>(buffer + got, n));
        got += n;
        return Text.Append(text[n..]);
    }

    /// <summary>A KeyUpdate, or the refusal of another handshake.</summary>
    private bool SendOwn(Connection connection, bool updatesKey)
    {
        Span<byte> into = stackalloc byte[64];
        AeadContexts aead = connection.Worker.Tls.Aead;
        int length = updatesKey
            ? RecordWriter.WriteKeyUpdate(ref *_state, aead, into)
            : RecordWriter.WriteAlert(ref *_state, aead, AlertDescription.NoRenegotiation, into);
        fixed (byte* p = into)
            return SendSealed(connection, p, length, 0, more: false) != -2;
    }

    /// <summary>The peer is told why, and hears nothing more.</summary>
    private int Fail(Connection connection)
    {
        Span<byte> into = stackalloc byte[64];
        int length = RecordWriter.WriteAlert(ref *_state, connection.Worker.Tls.Aead, _state->LastAlert, into);
        fixed (byte* p = into)
            SendSealed(connection, p, length, 0, more: false);
        return Break(connection, Errno.EPROTO);
    }

    public override int Send(Connection connection, byte* buffer, int length, bool more)
    {
        if (_state->IsBroken || _state->HasWrittenEnd)
            return Break(connection, Errno.EPIPE);
        int taken = 0;
        if (Out.Any)
        {
            taken = Flush(connection);
            if (taken < 0 || Out.Any)
                return taken != 0 ? taken : -1;
            // what was sealed is what is offered again
            if (taken > length)
                return Break(connection, Errno.EPROTO);
        }
        while (taken < length)
        {
            int text = Seal(connection, new ReadOnlySpan<byte>(buffer + taken, length - taken), out int sealedLength);
            if (sealedLength == 0)
                return Break(connection, Errno.EPROTO);
            int n = SendSealed(connection, connection.Worker.Tls.Out, sealedLength, text, more || taken + text < length);
            if (n < 0)
                return n;
            taken += n;
            if (Out.Any)
                break;
        }
        return taken > 0 ? taken : -1;
    }

    /// <summary>Seals up to <see cref="Burst"/> bytes into the worker's area. Returns how many of text they are.</summary>
    private int Seal(Connection connection, ReadOnlySpan<byte> text, out int length)
    {
        TlsScratch scratch = connection.Worker.Tls;
        var area = new Span<byte>(scratch.Out, TlsScratch.OutSize);
        BeginToSeal(connection.Worker.NowMs);
        length = 0;
        int sealedText = 0,
            most = Math.Min(text.Length, Burst);
        if (RecordWriter.WantsKeyUpdate(*_state))
            length = RecordWriter.WriteKeyUpdate(ref *_state, scratch.Aead, area);
        while (sealedText < most)
        {
            int part = NextRecord(scratch, text.Length, Math.Min(most - sealedText, _state->LargestSent));
            // records may be as small as somebody wants them
            if (part + RecordWriter.Overhead(*_state) > area.Length - length)
                break;
            int n = RecordWriter.Write(
                ref *_state,
                scratch.Aead,
                ContentType.ApplicationData,
                text.Slice(sealedText, part),
                area[length..]
            );
            if (n == 0)
            {
                length = 0;
                return 0;
            }
            length += n;
            sealedText += part;
        }
        return sealedText;
    }

    /// <summary>The end of what a server says, as a record of its own: for a session of OpenSSL whose handshake is not over, and which
    /// says nothing more. Its length; 0 when there is no memory.</summary>
    public static int MakeEnd(Worker worker, ushort suite, ReadOnlySpan<byte> secret, ulong sequence, Span<byte> into)
    {
        if (Rent() is not { } records)
            return 0;
        ref RecordState state = ref records.State;
        (state.Version, state.CipherSuite, state.IsServer) = (RecordState.Tls13, suite, true);
        KeySchedule.SetSecret(ref state.Write, state.Suite, secret);
        state.Write.Sequence = sequence;
        int length = RecordWriter.WriteAlert(ref state, worker.Tls.Aead, AlertDescription.CloseNotify, into);
        records.Release(worker);
        return length;
    }

    public override void ShutdownWrite(Connection connection)
    {
        if (_state->HasWrittenEnd || _state->IsBroken || connection.Failed)
            return;
        Span<byte> into = stackalloc byte[64];
        int length = RecordWriter.WriteAlert(ref *_state, connection.Worker.Tls.Aead, AlertDescription.CloseNotify, into);
        bool canWrite = connection.CanWrite;
        fixed (byte* p = into)
            SendSealed(connection, p, length, 0, more: true);
        connection.CanWrite = canWrite;
    }

    public override void BeforeClose(Connection connection) => ShutdownWrite(connection);

    public override bool IsMovable => !_state->IsBroken;

    public override void LeaveWorker(Worker worker)
    {
        worker.Tls.Aead.Forget(ref _state->Read);
        worker.Tls.Aead.Forget(ref _state->Write);
    }

    public override void Release(Worker? worker)
    {
        base.Release(worker);
        _record.Release();
        if (worker is not null)
            LeaveWorker(worker);
        SecretMemory.Return((byte*)_state);
        _state = null;
        (_updates, _updateSecond) = (0, 0);
        TlsConnections.Leave();
        lock (s_free)
            if (s_free.Count < MostFree)
                s_free.Push(this);
    }

    private const byte IsServerFlag = 1,
        ReadEndFlag = 2,
        WrittenEndFlag = 4;

    /// <summary>Written as the document of the protocol says; secrets are in it, and go only to a process of the same user.</summary>
    public override void WriteTo(FrameWriter w)
    {
        ref RecordState state = ref *_state;
        w.UInt16(state.Version);
        w.UInt16(state.CipherSuite);
        w.UInt16(state.LargestSent);
        w.Byte(
            (byte)((state.IsServer ? IsServerFlag : 0) | (state.HasReadEnd ? ReadEndFlag : 0) | (state.HasWrittenEnd ? WrittenEndFlag : 0))
        );
        WriteKeys(w, ref state.Read);
        WriteKeys(w, ref state.Write);
        w.Blob(state.Progress);
        w.Blob(_record.Span);
        w.Blob(Text.Span);
        w.Blob(Out.Span);
        w.Int32(Owed);
        int facts = w.BeginRecord();
        Facts.WriteTo(w);
        w.EndRecord(facts);
    }

    private static void WriteKeys(FrameWriter w, ref DirectionKeys keys)
    {
        w.Blob(keys.Secret);
        w.Blob(keys.Key);
        w.Blob(keys.Nonce);
        w.Int64((long)keys.Sequence);
        w.Int64((long)keys.ExplicitNonce);
    }

    /// <summary>Null when it is not what a process of ours writes, or there is no memory. On the handover's thread.</summary>
    public static TlsTransport? Read(ref FrameReader r)
    {
        if (Rent() is not { } transport)
            return null;
        if (transport.TryRead(ref r))
            return transport;
        transport.Release(null);
        return null;
    }

    private bool TryRead(ref FrameReader r)
    {
        ref RecordState state = ref *_state;
        state.Version = (ushort)r.UInt16();
        state.CipherSuite = (ushort)r.UInt16();
        state.LargestSent = (ushort)r.UInt16();
        byte flags = r.Byte();
        state.IsServer = (flags & IsServerFlag) != 0;
        state.HasReadEnd = (flags & ReadEndFlag) != 0;
        state.HasWrittenEnd = (flags & WrittenEndFlag) != 0;
        if (!ReadKeys(ref r, ref state.Read) || !ReadKeys(ref r, ref state.Write) || !state.SetProgress(r.Blob()))
            return false;
        ReadOnlySpan<byte> record = r.Blob(),
            text = r.Blob(),
            unsent = r.Blob();
        Owed = r.Int32();
        FrameReader facts = r.Record();
        Facts.ReadFrom(ref facts);
        bool isSound =
            !r.IsShort
            && state.Version is RecordState.Tls12 or RecordState.Tls13
            && state.Suite.Algorithm != AeadAlgorithm.None
            && state.LargestSent is >= 64 and <= RecordState.LargestFragment
            && Owed >= 0
            && (Owed == 0 || unsent.Length > 0)
            && record.Length < RecordState.LargestRecord;
        if (!isSound)
            return false;
        int whole = RecordReader.Measure(ref state, record);
        return whole >= 0
            && (record.IsEmpty || _record.Reserve(Math.Max(whole, RecordState.HeaderLength)) && _record.Append(record))
            && Text.Append(text)
            && Out.Append(unsent);
    }

    private static bool ReadKeys(ref FrameReader r, ref DirectionKeys keys)
    {
        ReadOnlySpan<byte> secret = r.Blob(),
            key = r.Blob(),
            nonce = r.Blob();
        if (secret.Length != keys.Secret.Length || key.Length != keys.Key.Length || nonce.Length != keys.Nonce.Length)
            return false;
        secret.CopyTo(keys.Secret);
        key.CopyTo(keys.Key);
        nonce.CopyTo(keys.Nonce);
        keys.Sequence = (ulong)r.Int64();
        keys.ExplicitNonce = (ulong)r.Int64();
        return true;
    }
}
