// What both TLS transports have in common: ciphertext that the kernel did not take, and text that nobody has read yet.
//
// Ciphertext is made once and goes out as it was made. While some of it waits, its text counts as not sent, except for what progress
// there is: whoever sends offers it again, and so knows that there is something to wait for.
// SAFETY: blocks as HeldBytes says; the caller's buffers have the lengths that come with them.
using System;
using Baton.Engine.Loop;
using Baton.Engine.Tls;
using Baton.Http.Tls.Records;
using Baton.Interop.Linux;

namespace Baton.Engine.Connections.Transports;

internal abstract unsafe class SealedTransport : Transport
{
    /// <summary>Ciphertext on its way out, and how many bytes of the text that is offered next are in it.</summary>
    private protected HeldBytes Out;
    private protected int Owed;

    /// <summary>Text that has been opened and not been read.</summary>
    private protected HeldBytes Text;

    /// <summary>Until so much has gone out in one go, records are small: a client can begin with the first before the second is
    /// here.</summary>
    private const int SmallRecord = 4096,
        SmallUntil = 65536;

    /// <summary>A pause that long begins anew (ms).</summary>
    private const int PauseMs = 1000;

    private int _sentInOneGo;
    private long _sentAtMs;

    private TlsFacts _facts = new();

    public sealed override TlsFacts Facts => _facts;

    /// <summary>All that waits in another one, and what is known of the connection, is this one's from here on.</summary>
    private protected void TakeOver(SealedTransport other)
    {
        (Out, Text, Owed) = (other.Out, other.Text, other.Owed);
        other.Out = other.Text = default;
        other.Owed = 0;
        (_facts, other._facts) = (other._facts, _facts);
    }

    /// <summary>Nothing more is to be expected from the peer.</summary>
    private protected abstract bool HasReadEnd { get; }

    /// <summary>
    /// Reads what has come: text goes into <paramref name="buffer"/>, and what does not fit into <see cref="Text"/>. As
    /// <see cref="StreamEnd.Receive"/>, but 0 also when there is text only in here.
    /// </summary>
    private protected abstract int ReadSome(Connection connection, byte* buffer, int length);

    public sealed override int Receive(Connection connection, byte* buffer, int length)
    {
        if (!Text.Any)
            return ReadSome(connection, buffer, length);
        int n = Math.Min(Text.Length, length);
        Text.Span[..n].CopyTo(new Span<byte>(buffer, n));
        Text.Consume(n);
        // what lies behind it may be in the socket
        connection.CanRead = true;
        return n;
    }

    public sealed override bool IsSilent(Connection connection)
    {
        if (Text.Any || HasReadEnd || connection.PeerClosed || connection.Failed)
            return false;
        while (connection.CanRead)
        {
            int n = ReadSome(connection, null, 0);
            // our own records have taken over from OpenSSL
            if (connection.Transport != this)
                return connection.Transport!.IsSilent(connection);
            if (Text.Any)
                connection.CanRead = true;
            if (Text.Any || n != -1)
                return false;
        }
        return !HasReadEnd && connection is { PeerClosed: false, Failed: false };
    }

    public override bool HasUnread(Connection connection) => Text.Any || connection.HasUnreadRaw;

    /// <summary>
    /// Sends ciphertext, behind what waits already; keeps what is not taken. <paramref name="text"/>: bytes of text in it. Returns those
    /// that count as sent; -2 on a hard error.
    /// </summary>
    private protected int SendSealed(Connection connection, byte* bytes, int length, int text, bool more)
    {
        int sent = 0;
        if (!Out.Any)
        {
            int n = connection.SendRaw(bytes, length, more);
            if (n == -2)
                return -2;
            sent = Math.Max(0, n);
        }
        if (sent == length)
            return text;
        if (!Out.Append(new ReadOnlySpan<byte>(bytes + sent, length - sent)))
            return Break(connection, Errno.ENOMEM);
        connection.CanWrite = false;
        // the last byte counts when all of it is out
        int counted = Math.Min(sent, Math.Max(0, text - 1));
        Owed += text - counted;
        return counted;
    }

    /// <summary>Text is about to be sealed: is it the beginning of a transfer?</summary>
    private protected void BeginToSeal(long nowMs)
    {
        if (nowMs - _sentAtMs > PauseMs)
            _sentInOneGo = 0;
        _sentAtMs = nowMs;
    }

    /// <summary>
    /// How many bytes of text go into the next record, <paramref name="most"/> of <paramref name="offered"/> at most.
    /// </summary>
    private protected int NextRecord(TlsScratch scratch, int offered, int most)
    {
        int size = Math.Min(most, scratch.LargestText);
        if (_sentInOneGo >= SmallUntil)
            return size;
        // the rest of a burst is not worth a record of its own
        int small =
            scratch.FirstText > 0 ? scratch.FirstText
            : offered > RecordState.LargestFragment / 2 ? SmallRecord
            : size;
        size = Math.Min(size, small);
        _sentInOneGo += size;
        return size;
    }

    /// <summary>Sends what waits. Returns bytes of text that count as sent by that; -2 on a hard error.</summary>
    private protected int Flush(Connection connection)
    {
        int n = connection.SendRaw(Out.Data + Out.Start, Out.Length, more: false);
        if (n <= 0)
            return n == -2 ? -2 : 0;
        Out.Consume(n);
        int counted = Out.Any ? Math.Min(n, Math.Max(0, Owed - 1)) : Owed;
        Owed -= counted;
        return counted;
    }

    /// <summary>The connection is over. Returns -2.</summary>
    private protected static int Break(Connection connection, int error)
    {
        connection.Failed = true;
        connection.Error = error;
        connection.CanRead = connection.CanWrite = false;
        return -2;
    }

    public override void Release(Worker? worker)
    {
        Out.Release();
        Text.Release();
        Owed = _sentInOneGo = 0;
        _sentAtMs = 0;
        _facts.Clear();
    }
}
