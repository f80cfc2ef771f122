import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.security.Permission;
import java.security.Policy;
import java.security.ProtectionDomain;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.utils.Exit;

/**
 * Runs Kafka's tools one after another in one virtual machine: starting one for each command line would take a second.
 * Reads lines `class input argument …` and answers `code output errors`, all but class and code in Base64 with a leading `=`.
 */
public class ToolServer {
    /** What one command line came to; whatever happens after the tool asked for its exit no longer counts. */
    private static final class Run {
        final ByteArrayOutputStream output = new ByteArrayOutputStream();
        final ByteArrayOutputStream errors = new ByteArrayOutputStream();
        final CountDownLatch ended = new CountDownLatch(1);
        private String answer;

        synchronized void end(int code) {
            if (answer != null) return;
            System.out.flush();
            System.err.flush();
            answer = code + " " + encoded(output) + " " + encoded(errors);
            ended.countDown();
        }

        synchronized String answer() {
            return answer;
        }
    }

    private static final class Exited extends Error {
        Exited() {
            super("exited", null, false, false);
        }
    }

    private static volatile Run running;

    /** Some tools end the virtual machine themselves, which only a security manager can keep them from (up to Java 23). */
    @SuppressWarnings("removal")
    private static void catchExits() {
        Policy.setPolicy(new Policy() {
            @Override
            public boolean implies(ProtectionDomain domain, Permission permission) {
                return true;
            }
        });
        System.setSecurityManager(new SecurityManager() {
            @Override
            public void checkExit(int code) {
                Run run = running;
                if (run == null) return;
                run.end(code);
                throw new Exited();
            }

            @Override
            public void checkPermission(Permission permission) {}
        });
    }

    public static void main(String[] args) throws Exception {
        catchExits();
        PrintStream answers = System.out;
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            answers.println(run(line.split(" ")));
            answers.flush();
        }
        running = null;
        Runtime.getRuntime().halt(0);
    }

    private static String run(String[] words) throws Exception {
        Run run = new Run();
        Exit.Procedure exit = (code, message) -> {
            if (message != null) System.err.println(message);
            run.end(code);
            throw new Exited();
        };
        Exit.setExitProcedure(exit);
        Exit.setHaltProcedure(exit);
        running = run;
        System.setIn(new ByteArrayInputStream(decoded(words[1]).getBytes(StandardCharsets.UTF_8)));
        System.setOut(new PrintStream(run.output, true, StandardCharsets.UTF_8));
        System.setErr(new PrintStream(run.errors, true, StandardCharsets.UTF_8));
        String[] args = Arrays.stream(words).skip(2).map(ToolServer::decoded).toArray(String[]::new);
        Thread thread = new Thread(() -> call(words[0], args, run), "tool");
        thread.setDaemon(true);
        thread.start();
        if (!run.ended.await(120, TimeUnit.SECONDS)) {
            thread.interrupt();
            run.end(-1);
        }
        // What it still prints on its way out must not be taken for the next one's.
        thread.join(10_000);
        return run.answer();
    }

    private static void call(String name, String[] args, Run run) {
        try {
            Class.forName(name).getMethod("main", String[].class).invoke(null, (Object) args);
            run.end(0);
        } catch (Throwable error) {
            Throwable cause = error instanceof InvocationTargetException ? error.getCause() : error;
            // As the virtual machine tells what nobody caught.
            if (!(cause instanceof Exited)) System.err.println("Exception in thread \"main\" " + cause);
            run.end(1);
        }
    }

    private static String encoded(ByteArrayOutputStream bytes) {
        return "=" + Base64.getEncoder().encodeToString(bytes.toByteArray());
    }

    private static String decoded(String word) {
        return new String(Base64.getDecoder().decode(word.substring(1)), StandardCharsets.UTF_8);
    }
}
