// The end of a client's connection behind its last answer. Closing with unread data would reset the connection and destroy the answer: what
// still comes is read until the client closes, too.
// SAFETY: what is drained goes into the scratch memory, within TextSize.
namespace Baton.Engine.Connections;

internal static unsafe class LingeringClient
{
    /// <summary>How long a closed client's input is read, and how long when the process waits for it to leave (ms).</summary>
    private const int LongestMs = 2000,
        StoppingMs = 200;

    /// <summary>Shuts the sending side down and reads.</summary>
    public static void Begin(ClientConnection client)
    {
        client.ShutdownWrite();
        client.Phase = ClientPhase.Lingering;
        client.EnsureRegistered();
        client.CanRead = true;
        client.Worker.Timers.Arm(client, client.Worker.NowMs + (client.IsLeaving ? StoppingMs : LongestMs));
        Drain(client);
    }

    /// <summary>Nobody waits for it as long any more.</summary>
    public static void OnSoftStop(ClientConnection client)
    {
        if (client.Phase == ClientPhase.Lingering && client.Worker.NowMs + StoppingMs < client.DeadlineMs)
            client.Worker.Timers.Arm(client, client.Worker.NowMs + StoppingMs);
    }

    /// <summary>Reads what has come, and closes behind its end.</summary>
    public static void Drain(ClientConnection client)
    {
        byte* sink = client.Worker.Scratch.Text;
        for (int i = 0; i < 16 && client.CanRead; i++)
        {
            int n = client.Receive(sink, client.Worker.Scratch.TextSize);
            if (n > 0)
                continue;
            if (n == -1)
                return;
            client.Close();
            return;
        }
        if (client.PeerClosed && !client.CanRead || client.Failed)
            client.Close();
    }
}
