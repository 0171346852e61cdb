// What a starting worker tells its master, over a socket pair that is closed when the worker serves:
//   u8 kind, i32 length, payload. 'L' a message of the start (text), 'R' it serves (name=value lines).
using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using Baton.Interop.Linux;

namespace Baton.Control.Master;

/// <summary>Settings that only the configuration knows and the master needs; written by the worker, read by the master.</summary>
public sealed class WorkerReport
{
    private const int HeaderLength = 5,
        MaxLength = 1 << 20;

    public string Version { get; set; } = "";
    public string? PidFile { get; set; }
    public bool NoExitOnFailure { get; set; }

    /// <summary>mworker-max-reloads; negative for no limit.</summary>
    public int MaxReloads { get; set; } = -1;

    /// <summary>The process with which the worker has agreed on a handover: nobody else tells that one to go. 0 for none.</summary>
    public int HandoverFrom { get; set; }

    /// <summary>The worker's side: a message of the start, for the master's start-up log.</summary>
    public static void SendLog(int fd, string text) => Send(fd, 'L', text);

    /// <summary>The worker's side: it serves. A master that is gone is no reason to stop here.</summary>
    public void SendReady(int fd) =>
        Send(
            fd,
            'R',
            string.Create(
                CultureInfo.InvariantCulture,
                $"version={Version}\npidfile={PidFile}\nno-exit={(NoExitOnFailure ? 1 : 0)}\nmax-reloads={MaxReloads}\nhandover={HandoverFrom}\n"
            )
        );

    private static void Send(int fd, char kind, string text)
    {
        byte[] payload = Encoding.UTF8.GetBytes(text);
        byte[] frame = new byte[HeaderLength + payload.Length];
        frame[0] = (byte)kind;
        BitConverter.TryWriteBytes(frame.AsSpan(1), payload.Length);
        payload.CopyTo(frame, HeaderLength);
        for (int sent = 0; sent < frame.Length; )
        {
            int n = SocketNames.Send(fd, frame.AsSpan(sent));
            if (n <= 0)
                return;
            sent += n;
        }
    }

    /// <summary>The master's side: takes the complete frames out of what has arrived. Not null once the worker serves.</summary>
    public static WorkerReport? Read(List<byte> arrived, StringBuilder log)
    {
        WorkerReport? report = null;
        while (arrived.Count >= HeaderLength)
        {
            byte[] bytes = arrived.ToArray();
            int length = BitConverter.ToInt32(bytes, 1);
            if (length is < 0 or > MaxLength)
            {
                arrived.Clear();
                break;
            }
            if (bytes.Length < HeaderLength + length)
                break;
            string text = Encoding.UTF8.GetString(bytes, HeaderLength, length);
            if (bytes[0] == 'L')
                log.Append(text);
            else if (bytes[0] == 'R')
                report = Parse(text);
            arrived.RemoveRange(0, HeaderLength + length);
        }
        return report;
    }

    private static WorkerReport Parse(string text)
    {
        var report = new WorkerReport();
        foreach (string line in text.Split('\n'))
        {
            int at = line.IndexOf('=');
            if (at < 0)
                continue;
            string value = line[(at + 1)..];
            switch (line[..at])
            {
                case "version":
                    report.Version = value;
                    break;
                case "pidfile":
                    report.PidFile = value.Length > 0 ? value : null;
                    break;
                case "no-exit":
                    report.NoExitOnFailure = value == "1";
                    break;
                case "max-reloads" when int.TryParse(value, CultureInfo.InvariantCulture, out int n):
                    report.MaxReloads = n;
                    break;
                case "handover" when int.TryParse(value, CultureInfo.InvariantCulture, out int pid):
                    report.HandoverFrom = pid;
                    break;
            }
        }
        return report;
    }
}
